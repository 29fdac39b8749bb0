"""Fits of many matches at once: those of each by itself, and in doubt none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from oib_pipeline.estimation.assignment import Assignments
from oib_pipeline.estimation.door import read_panel
from oib_pipeline.estimation.psm_permutation import MatchedSets
from oib_pipeline.estimation.psm_sample import candidates
from oib_pipeline.estimation.treatment import treatment_parts, with_did

METHODS = [{"method": "nearest"}, {"method": "kernel"}, {"method": "radius", "radius": 0.02}]


def matched_sets(frame: pd.DataFrame, matching: dict[str, Any]) -> tuple[MatchedSets, np.ndarray]:
    panel = read_panel(
        frame, outcome="y", regressors=("x2", "x3"), unit="city", time="year", cluster="city",
        extra=("treated", "post"),
    )  # fmt: skip
    mark, post = treatment_parts(panel, "treated", "post")
    pool, _ = candidates(frame, panel, "treated", "post", ("x1",), "unit")
    sets = MatchedSets(with_did(panel, "treated", "post"), post, pool, ("x1",), "unit", matching)
    return sets, np.vstack(list(Assignments(mark, 60, 5).chunks()))


@pytest.mark.parametrize("matching", METHODS)
def test_fits_at_once_are_those_of_each_draw(panel: pd.DataFrame, matching: dict) -> None:
    sets, drawn = matched_sets(panel, matching)
    assert sets._fits is not None
    sets._fits.at_once = 7
    together = np.array(sets(drawn))
    sets._fits = None
    apart = np.array(sets(drawn))
    assert np.isfinite(apart).any()
    assert np.allclose(together, apart, rtol=1e-10, atol=0, equal_nan=True)


def test_what_a_single_fit_would_refuse_is_left_to_it(panel: pd.DataFrame) -> None:
    frame = panel.assign(x3=panel["x2"])
    frame.loc[frame["city"] == "320000", "x3"] += frame["x1"]  # collinear without this city
    sets, drawn = matched_sets(frame, {"method": "nearest"})
    fits = sets._fits
    assert fits is not None
    together = np.array(sets(drawn))
    sets._fits = None
    apart = np.array(sets(drawn))
    assert np.isnan(apart).all(axis=0).any()
    assert np.allclose(together, apart, rtol=1e-10, atol=0, equal_nan=True)


def test_unbalanced_panels_are_fitted_draw_by_draw(gappy: pd.DataFrame) -> None:
    sets, _ = matched_sets(gappy, {"method": "kernel"})
    assert sets._fits is None
