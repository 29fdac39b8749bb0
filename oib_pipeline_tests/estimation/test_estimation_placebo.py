"""Placebo draws: equal to fits made one at a time, and drawn as the design says."""

from __future__ import annotations

import itertools
import tracemalloc

import numpy as np
import pandas as pd
import pytest
from estimation_panels import CONTROLS, make_panel

from oib_pipeline.estimation import placebo, twfe
from oib_pipeline.estimation.data.treatment import Assignments

MODEL = {"outcome": "y", "treated": "treated", "post": "post", "unit": "city", "time": "year"}
FIT = {"outcome": "y", "treatment": "drawn", "unit": "city", "time": "year"}
EXACT = 1e-10


def one_at_a_time(frame: pd.DataFrame, sets: np.ndarray, **options: object) -> np.ndarray:
    """PanelOLS estimate and t of each treated set, shape (draws, 2)."""
    cities = np.sort(frame["city"].unique())
    rows = np.searchsorted(cities, frame["city"])
    fits = [
        twfe(frame.assign(drawn=drawn[rows] * frame["post"]), **FIT, **options) for drawn in sets
    ]
    return np.array([(fit.estimate, fit.t) for fit in fits])


def drawn_sets(frame: pd.DataFrame, draws: int, seed: int, strata: str | None = None) -> np.ndarray:
    first = frame.sort_values("city").groupby("city").first()
    codes = None if strata is None else pd.factorize(first[strata], sort=True)[0]
    mark = first["treated"].to_numpy() == 1
    return np.vstack(list(Assignments(mark, draws, seed, codes).chunks()))


@pytest.mark.parametrize("controls", [[], ["x1"], CONTROLS])
@pytest.mark.parametrize("shape", ["balanced", "unbalanced", "weighted", "both"])
def test_every_draw_equals_a_fit_of_its_own(controls: list[str], shape: str) -> None:
    frame = make_panel(n_units=16, n_times=7, n_treated=5)
    if shape in ("unbalanced", "both"):
        frame = frame.drop(index=[3, 30, 31, 77])
    weights = "weight" if shape in ("weighted", "both") else None
    result = placebo(frame, **MODEL, controls=controls, draws=12, seed=5, weights=weights)
    fits = one_at_a_time(frame, drawn_sets(frame, 12, 5), controls=controls, weights=weights)
    np.testing.assert_allclose(result.coefficients, fits[:, 0], atol=EXACT)
    np.testing.assert_allclose(result.t_statistics, fits[:, 1], atol=EXACT)
    true = twfe(frame.assign(drawn=frame["did"]), **FIT, controls=controls, weights=weights)
    assert result.observed.coefficient == pytest.approx(true.estimate, abs=EXACT)
    assert result.observed.t == pytest.approx(true.t, abs=EXACT)
    for statistics, observed, p in (
        (fits[:, 0], true.estimate, result.p_coefficient),
        (fits[:, 1], true.t, result.p_t),
    ):
        assert p == (1 + (np.abs(statistics) >= abs(observed)).sum()) / 13


def test_all_assignments_of_a_small_panel_agree_with_their_fits() -> None:
    frame = make_panel(n_units=7, n_times=5, n_treated=2).assign(
        post=lambda panel: (panel["year"] >= 2012).astype(float)
    )
    from oib_pipeline.estimation.data.panel import panel_from_frame
    from oib_pipeline.estimation.inference.permutation_engine import treated_sets

    sets = np.array([np.isin(np.arange(7), pair) for pair in itertools.combinations(range(7), 2)])
    read = panel_from_frame(
        frame, outcome="y", regressors=["x1", "x2"], unit="city", time="year", extra=["post"]
    )
    coefficients, t = treated_sets(read, read.column("post"))(sets)
    fits = one_at_a_time(frame, sets, controls=["x1", "x2"])
    np.testing.assert_allclose(np.column_stack([coefficients, t]), fits, atol=EXACT)


def test_draws_keep_the_treated_number_and_strata(panel: pd.DataFrame) -> None:
    first = panel.groupby("city").first()
    plain = drawn_sets(panel, 700, 1)
    assert (plain.sum(axis=1) == 9).all()
    assert len(np.unique(plain, axis=0)) == 700
    assert np.abs(plain.mean(axis=0) - 9 / 40).max() < 0.07
    within = drawn_sets(panel, 700, 1, strata="region")
    for region, rows in first.reset_index().groupby("region"):
        assert (within[:, rows.index].sum(axis=1) == rows["treated"].sum()).all(), region


def test_strata_match_fits_of_their_own(panel: pd.DataFrame) -> None:
    result = placebo(panel, **MODEL, draws=10, seed=2, strata="region")
    fits = one_at_a_time(panel, drawn_sets(panel, 10, 2, strata="region"))
    np.testing.assert_allclose(result.t_statistics, fits[:, 1], atol=EXACT)
    assert result.strata == ("region",)


def test_a_seed_gives_the_same_draws_whatever_the_chunk(
    monkeypatch: pytest.MonkeyPatch, panel: pd.DataFrame
) -> None:
    whole = placebo(panel, **MODEL, draws=100, seed=3)
    monkeypatch.setattr("oib_pipeline.estimation.data.treatment.CHUNK_DRAWS", 7)
    parts = placebo(panel, **MODEL, draws=100, seed=3)
    np.testing.assert_allclose(parts.t_statistics, whole.t_statistics, atol=1e-12)
    assert parts.p_t == whole.p_t
    assert placebo(panel, **MODEL, draws=100, seed=4).p_t != 0


def test_a_redrawn_true_assignment_counts_as_equal() -> None:
    frame = make_panel(n_units=4, n_treated=2)
    result = placebo(frame, **MODEL, draws=3000, seed=0)
    # 6 assignments; the true one and its complement have the largest |t| or tie with it
    share = (np.abs(result.t_statistics) >= abs(result.observed.t) * (1 - 1e-10)).mean()
    assert result.p_t == pytest.approx((1 + share * 3000) / 3001)
    assert share >= 0.25


def test_memory_does_not_grow_with_draws(panel: pd.DataFrame) -> None:
    peaks = []
    for draws in (10_000, 60_000):
        tracemalloc.start()
        result = placebo(panel, **MODEL, draws=draws)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert len(result.coefficients) == 10_000
    assert peaks[1] < 1.1 * peaks[0]


def test_p_values_count_all_draws_however_few_are_kept(panel: pd.DataFrame) -> None:
    full, few = (placebo(panel, **MODEL, draws=900, keep=keep) for keep in (None, 10))
    assert (full.p_t, full.p_coefficient) == (few.p_t, few.p_coefficient)
    assert (len(full.t_statistics), len(few.t_statistics)) == (900, 10)


def test_the_table_leads_with_the_permuted_t(panel: pd.DataFrame) -> None:
    result = placebo(panel, **MODEL)
    row = result.to_frame("m1").iloc[0]
    assert row["p"] == result.p_t
    assert row["se"] == pytest.approx(twfe(panel.assign(drawn=panel["did"]), **FIT).se, abs=1e-12)
    assert list(result.draws_frame()) == ["draw", "coefficient", "t"]


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"treated": 0.0}, r"'treated' \(treated\): no treated unit"),
        ({"treated": 1.0}, r"'treated' \(treated\): no untreated unit"),
        ({"post": 0.0}, r"'post' \(post\): no year after the policy"),
        ({"post": 1.0}, r"'post' \(post\): no year before the policy"),
        ({"post": 0.5}, r"'post' \(post\) must hold only 0 and 1"),
    ],
)
def test_columns_that_cannot_be_a_placebo_are_refused(
    panel: pd.DataFrame, changes: dict, match: str
) -> None:
    with pytest.raises(ValueError, match=match):
        placebo(panel.assign(**changes), **MODEL)


def test_marks_that_vary_where_they_must_not_are_refused(panel: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="'treated' must have the same value in all rows of one"):
        placebo(panel.assign(treated=panel["did"]), **MODEL)
    with pytest.raises(ValueError, match="'post' must have the same value in all rows of one year"):
        placebo(panel.assign(post=panel["did"]), **MODEL)
    with pytest.raises(ValueError, match="strata leave nothing to draw"):
        placebo(panel, **MODEL, strata="treated")
    with pytest.raises(ValueError, match="draws must be a positive whole number"):
        placebo(panel, **MODEL, draws=0)
    with pytest.raises(ValueError, match="no column 'capital'"):
        placebo(panel, **MODEL, strata=["region", "capital"])


def test_the_permuted_t_holds_its_size_where_treated_units_are_noisier() -> None:
    rejected = np.mean(
        [
            placebo(make_panel(n_treated=7, effect=0, seed=s), **MODEL, draws=199).p_t <= 0.05
            for s in range(150)
        ]
    )
    assert rejected < 0.12


@pytest.mark.parametrize("weights", [None, "weight"])
def test_the_fallback_for_very_many_times_gives_the_same_draws(
    monkeypatch: pytest.MonkeyPatch, gappy: pd.DataFrame, weights: str | None
) -> None:
    sums = placebo(gappy, **MODEL, controls=["x1"], draws=50, weights=weights)
    monkeypatch.setattr("oib_pipeline.estimation.inference.permutation_engine.BASIS", 0)
    columns = placebo(gappy, **MODEL, controls=["x1"], draws=50, weights=weights)
    np.testing.assert_allclose(columns.t_statistics, sums.t_statistics, atol=EXACT)
    np.testing.assert_allclose(columns.coefficients, sums.coefficients, atol=EXACT)
