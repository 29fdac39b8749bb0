"""Stored results of other programs on small data; the script that made them lies beside them."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from oib_pipeline.estimation import (
    event_study,
    match,
    propensity_scores,
    twfe,
    wild_cluster_bootstrap,
)
from oib_pipeline.estimation.data.panel import panel_from_frame
from oib_pipeline.estimation.inference.permutation_engine import treated_sets

GOLDENS = Path(__file__).parents[1] / "goldens" / "estimation"
EXPECTED = json.loads((GOLDENS / "expected.json").read_text(encoding="utf-8"))
KEYS = {"unit": "city", "time": "year"}


@pytest.fixture
def panel() -> pd.DataFrame:
    frame = pd.read_csv(GOLDENS / "panel.csv")
    return frame.assign(did=frame["treated"] * frame["post"])


@pytest.mark.parametrize(("name", "weights"), [("twfe", None), ("weighted", "w")])
def test_two_way_models(panel: pd.DataFrame, name: str, weights: str | None) -> None:
    got = twfe(panel, outcome="y", treatment="did", controls=["x"], weights=weights, **KEYS)
    assert list(got.terms) == EXPECTED[name]["terms"]
    np.testing.assert_allclose(got.coefficients, EXPECTED[name]["estimate"], atol=1e-8)
    np.testing.assert_allclose(got.standard_errors, EXPECTED[name]["se"], rtol=1e-6)


def test_event_study(panel: pd.DataFrame) -> None:
    got = event_study(panel, outcome="y", treated="treated", start=2013, **KEYS)
    np.testing.assert_allclose(got.coefficients, EXPECTED["event_study"]["estimate"], atol=1e-8)
    np.testing.assert_allclose(got.standard_errors, EXPECTED["event_study"]["se"], rtol=1e-6)


def test_every_assignment_of_four_cities_in_ten(panel: pd.DataFrame) -> None:
    read = panel_from_frame(panel, outcome="y", regressors=["x"], extra=["post"], **KEYS)
    sets = np.array([np.isin(range(10), one) for one in itertools.combinations(range(10), 4)])
    got = np.column_stack(treated_sets(read, read.column("post"))(sets))
    np.testing.assert_allclose(got, EXPECTED["assignments"], rtol=1e-6, atol=1e-8)


def test_the_enumerated_wild_bootstrap(panel: pd.DataFrame) -> None:
    got = wild_cluster_bootstrap(panel, outcome="y", treatment="did", controls=["x"], **KEYS)
    assert got.enumerated
    assert got.p == EXPECTED["wild_p"]


def test_scores_and_matches() -> None:
    units = pd.read_csv(GOLDENS / "units.csv")
    score = propensity_scores(units, treated="treated", covariates=["x", "z"])
    np.testing.assert_allclose(score, EXPECTED["score"], atol=1e-8)
    options = {
        "nearest": {},
        "radius": {"radius": 0.05},
        "kernel": {"kernel": "gaussian", "bandwidth": 0.06},
    }
    for method, more in options.items():
        matched = match(units, treated="treated", score=score, method=method, **more)
        assert matched.att(units["y"]) == pytest.approx(EXPECTED["matched"][method], abs=1e-8)
