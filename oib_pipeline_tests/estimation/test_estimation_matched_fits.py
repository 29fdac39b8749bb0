"""Fits of many matches at once: those of each by itself, and in doubt none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from oib_pipeline.estimation.data.panel import panel_from_frame
from oib_pipeline.estimation.data.treatment import Assignments, treatment_parts, with_did
from oib_pipeline.estimation.matching.matching import Rule, match_weights
from oib_pipeline.estimation.matching.permutation import (
    MatchedSets,
    RedrawnMatches,
    candidates,
    redrawn_weights,
    sliced_weights,
)

METHODS = [{"method": "nearest"}, {"method": "kernel"}, {"method": "radius", "radius": 0.02}]


def matched_sets(
    frame: pd.DataFrame,
    matching: dict[str, Any],
    matched_on: str = "unit",
    matches: RedrawnMatches | None = None,
) -> tuple[MatchedSets, np.ndarray]:
    panel = panel_from_frame(
        frame, outcome="y", regressors=("x2", "x3"), unit="city", time="year", cluster="city",
        extra=("treated", "post"),
    )  # fmt: skip
    mark, post = treatment_parts(panel, "treated", "post")
    pool, _ = candidates(frame, panel, "treated", "post", ("x1",), matched_on)
    full = with_did(panel, "treated", "post")
    sets = MatchedSets(full, post, pool, ("x1",), matched_on, matching, matches)
    return sets, np.vstack(list(Assignments(mark, 60, 5).chunks()))


@pytest.mark.parametrize("kind", ["panel", "gappy"])
@pytest.mark.parametrize("matched_on", ["unit", "unit-time"])
@pytest.mark.parametrize("matching", METHODS)
def test_fits_at_once_are_those_of_each_draw(
    matching: dict, matched_on: str, kind: str, request: pytest.FixtureRequest
) -> None:
    sets, drawn = matched_sets(request.getfixturevalue(kind), matching, matched_on)
    fits = sets._fits
    assert fits is not None
    fits.at_once = 7
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


def test_most_draws_are_in_no_doubt(gappy: pd.DataFrame) -> None:
    sets, drawn = matched_sets(gappy, {"method": "radius", "radius": 0.02}, "unit-time")
    sets._one = lambda *_: (np.nan, np.nan)  # type: ignore[method-assign]
    assert np.isfinite(np.array(sets(drawn))).all()


def test_matches_are_made_once_for_all_that_share_them(
    panel: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    apart = [np.array(sets(drawn)) for sets, drawn in (matched_sets(panel, m) for m in METHODS)]
    scored = []
    where = "oib_pipeline.estimation.matching.permutation.redrawn_scores"
    from oib_pipeline.estimation.matching.propensity import redrawn_scores

    monkeypatch.setattr(where, lambda *given: scored.append(1) or redrawn_scores(*given))
    matches = RedrawnMatches()
    pairs = [matched_sets(panel, matching, matches=matches) for matching in METHODS]
    assert np.array_equal([np.array(sets(drawn)) for sets, drawn in pairs], apart, equal_nan=True)
    assert len(scored) == 1


RULES = [
    {"method": "nearest"},
    {"method": "nearest", "neighbours": 3, "common_support": "both"},
    {"method": "nearest", "neighbours": 2, "caliper": 0.01, "common_support": False},
    {"method": "nearest", "replace": False},
    {"method": "nearest", "neighbours": 150},
    {"method": "radius", "radius": 0.01},
    {"method": "radius", "radius": 1e-5, "radius_weights": "pairs"},
    {"method": "kernel"},
    {"method": "kernel", "kernel": "gaussian", "bandwidth": 0.02},
    {"method": "kernel", "kernel": "uniform", "bandwidth": 0.02, "common_support": "both"},
]


@pytest.mark.parametrize("options", RULES)
def test_matches_at_once_are_those_of_each_set(options: dict[str, Any]) -> None:
    rng = np.random.default_rng(3)
    rule = Rule(**options)
    treated = rng.random((30, 160)).argsort(axis=1) < 25
    treated[4, rng.integers(160, size=9)] = True  # sets need not be of one size
    scores = rng.beta(2, 8, treated.shape) + 0.05 * treated
    scores[:, 10:20] = scores[:, 30:40]  # ties
    scores[7] = np.nan
    scores[8] = np.where(treated[8], 0.9, 0.1)  # no common support
    alone = [_alone(score, mark, rule) for score, mark in zip(scores, treated, strict=True)]
    together = redrawn_weights(scores, treated, rule)
    assert np.allclose(together, alone, rtol=1e-12, atol=0)
    if rule.replace and rule.radius_weights == "unit":
        sliced = [sliced_weights(*pair, rule) for pair in zip(scores, treated, strict=True)]
        sliced[7] = np.zeros(160)
        assert np.allclose(sliced, alone, rtol=1e-12, atol=0)


def _alone(score: np.ndarray, treated: np.ndarray, rule: Rule) -> np.ndarray:
    try:
        return match_weights(score, treated, rule)[0]
    except ValueError:
        return np.zeros(len(score))
