"""What cannot be told apart from nothing has no p-value, and counts are those of the sample."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from estimation_panels import make_panel

from oib_pipeline.estimation import Specification, by_group, placebo, specification_curve, twfe

COLUMNS = {"outcome": "y", "treated": "treated", "post": "post", "unit": "city", "time": "year"}
GROUPED = {"group": "region", "outcome": "y", "treatment": "did", "unit": "city", "time": "year"}


def exact() -> pd.DataFrame:
    frame = make_panel()
    return frame.assign(y=2.0 * frame["did"])


def two_units() -> pd.DataFrame:
    frame = make_panel()
    first = frame.loc[frame["treated"] == 1, "city"].iloc[0]
    other = frame.loc[frame["treated"] == 0, "city"].iloc[0]
    return frame[frame["city"].isin([first, other])].reset_index(drop=True)


@pytest.mark.parametrize("frame", [exact(), two_units()], ids=["exact fit", "one against one"])
def test_no_t_means_no_permutation_p(frame: pd.DataFrame) -> None:
    made = specification_curve(frame, [Specification("only")], **COLUMNS, draws=40)
    row = made.to_frame().iloc[0]
    assert np.isnan(row["t"])
    assert np.isnan(row["p_t"])
    test = made.test().set_index("statistic")
    of_t = ["significant with the median's sign", "Stouffer's Z"]
    assert test.loc[of_t, ["observed", "p"]].isna().all(axis=None)
    assert 0 < test.loc["median estimate", "p"] <= 1
    assert np.isnan(placebo(frame, **COLUMNS, draws=40).p_t)


def test_one_exact_specification_does_not_spoil_the_curve() -> None:
    frame = make_panel()
    thin = frame.loc[frame["city"].isin(two_units()["city"]), "city"].unique()
    frame["most"] = (~frame["city"].isin(thin)).astype(int)
    specs = [Specification("all"), Specification("two", without_units=("most",))]
    made = specification_curve(frame, specs, **COLUMNS, draws=40)
    p = made.to_frame().set_index("model")["p_t"]
    assert np.isfinite(p["all"])
    assert np.isnan(p["two"])
    assert made.test()["p"].notna().all()


def test_equality_of_exact_groups_is_undefined() -> None:
    made = by_group(exact(), **GROUPED, draws=30)
    assert np.isnan(made.equality.p)
    assert np.isnan(made.equality_p_permuted)
    assert all(np.isnan(one.p_t) for one in made.estimates)


def test_a_group_its_controls_fit_exactly_keeps_its_estimate_and_says_what_it_lacks() -> None:
    frame = make_panel()
    first = frame["region"].unique()[0]
    control = np.sin(np.arange(len(frame)))
    outcome = frame["y"].where(frame["region"] != first, 2 * control)
    frame = frame.assign(x=control, y=outcome)
    made = by_group(frame, **GROUPED, controls=["x"], draws=40)
    one = {estimate.label: estimate for estimate in made.estimates}[first]
    assert one.estimate is not None
    assert np.isnan(one.p_t)
    assert "combination of the controls" in one.note
    assert all(np.isfinite(other.p_t) for other in made.estimates if other.label != first)


def test_equality_by_permutation_does_not_depend_on_the_clusters() -> None:
    frame = make_panel(n_units=60, n_treated=20)
    frame["pair"] = frame["region"] + (frame["city"].astype(int) // 6).astype(str)
    by_unit = by_group(frame, **GROUPED, draws=99)
    by_pair = by_group(frame, **GROUPED, draws=99, cluster="pair")
    assert by_unit.equality.p != by_pair.equality.p
    assert by_pair.equality_p_permuted == pytest.approx(by_unit.equality_p_permuted, abs=0.05)
    assert [one.p_t for one in by_pair.estimates] == [one.p_t for one in by_unit.estimates]


def test_unit_counts_are_those_of_the_estimation_sample() -> None:
    frame = make_panel()
    gone = frame.groupby(["region", "treated"])["city"].first()
    frame.loc[frame["city"].isin(gone), "x1"] = np.nan
    made = by_group(frame, **GROUPED, controls=["x1"], draws=0)
    for one in made.estimates:
        rows = frame[(frame["region"] == one.label) & frame["x1"].notna()]
        cities = rows.groupby("city")["treated"].first()
        assert (one.n_treated, one.n_control) == ((cities == 1).sum(), (cities == 0).sum())
        fit = {key: GROUPED[key] for key in ("outcome", "treatment", "unit", "time")}
        assert one.n_treated + one.n_control == twfe(rows, **fit, controls=["x1"]).n_clusters
