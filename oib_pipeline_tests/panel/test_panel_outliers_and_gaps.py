"""Gaps and outliers: only what the study says, never across the policy date, always flagged."""

import numpy as np
import pandas as pd
import pytest

from oib_pipeline.panel.outliers_and_gaps import repair
from oib_pipeline.study import Gaps, Outliers

NONE = Outliers()
LINEAR = Gaps(method="linear", limit=2)


def panel(values, city="a", first=2010):
    years = range(first, first + len(values))
    return pd.DataFrame({"city_code": city, "year": years, "x": values})


def filled(frame, gaps=LINEAR, segment=None, outliers=NONE):
    return repair(frame, ["x"], outliers=outliers, gaps=gaps, segment=segment)


def since(frame, start=2014):
    return (frame["year"] >= start).astype("int64")


def test_a_short_gap_is_filled_on_a_straight_line_and_flagged():
    result = filled(panel([1.0, np.nan, np.nan, 4.0]))
    assert result["x"].tolist() == [1.0, 2.0, 3.0, 4.0]
    assert result["x_flag"].tolist() == ["", "interpolated", "interpolated", ""]
    assert result["x_before"].isna().all()


def test_a_gap_longer_than_the_limit_stays_whole():
    result = filled(panel([1.0, np.nan, np.nan, np.nan, 5.0]))
    assert result["x"].isna().sum() == 3
    assert result["x_flag"].eq("").all()


def test_the_ends_are_never_extrapolated():
    assert filled(panel([np.nan, 2.0, 3.0, np.nan]))["x"].isna().tolist() == [
        True,
        *[False] * 2,
        True,
    ]


def test_a_line_counts_years_not_rows():
    frame = panel([1.0, np.nan, 9.0])
    frame["year"] = [2010, 2011, 2014]
    assert filled(frame, Gaps(method="linear", limit=3))["x"].tolist() == [1.0, 3.0, 9.0]
    assert filled(frame, Gaps(method="linear", limit=2))["x"].isna().sum() == 1


def test_one_city_never_borrows_from_the_next_whatever_the_order_of_rows():
    frame = pd.concat([panel([1.0, 2.0, np.nan]), panel([np.nan, 8.0, 9.0], "b")])
    shuffled = frame.sample(frac=1, random_state=1).reset_index(drop=True)
    assert filled(shuffled)["x"].isna().sum() == 2
    pd.testing.assert_series_equal(filled(shuffled)["x"].isna(), shuffled["x"].isna())


def test_nothing_is_filled_across_the_policy_date():
    frame = panel([1.0, 2.0, 3.0, np.nan, 5.0, 6.0])
    kept = filled(frame, segment=since(frame))
    assert np.isnan(kept["x"][3])
    assert filled(frame)["x"][3] == 4.0


def test_no_value_before_the_policy_depends_on_one_after_it():
    before, after = [1.0, np.nan, 3.0, np.nan], [7.0, np.nan, 9.0]
    frames = [panel([*before, *(scale * x for x in after)]) for scale in (1, 100)]
    results = [filled(frame, segment=since(frame))["x"][:4] for frame in frames]
    pd.testing.assert_series_equal(*results)


def test_outliers_are_clipped_within_their_year_and_keep_the_value_before():
    cities = [f"{i:06d}" for i in range(101)]
    frames = [
        pd.DataFrame({"city_code": cities, "year": year, "x": np.arange(101.0) + shift})
        for year, shift in ((2010, 0), (2011, 1000))
    ]
    frame = pd.concat(frames, ignore_index=True)
    by_year = Outliers(method="winsorise", lower=0.01, upper=0.99, by="year")
    result = filled(frame, outliers=by_year)
    changed = result[result["x_flag"].eq("winsorised")]
    assert changed["x"].tolist() == [1.0, 99.0, 1001.0, 1099.0]
    assert changed["x_before"].tolist() == [0.0, 100.0, 1000.0, 1100.0]
    assert result.loc[result["x_flag"].eq(""), "x_before"].isna().all()


def test_an_outlier_is_clipped_before_the_gap_beside_it_is_filled():
    frame = pd.concat(
        [panel([1.0, np.nan, 1000.0]), *(panel([1.0, 1.0, 3.0], f"b{i}") for i in range(200))],
        ignore_index=True,
    )
    result = filled(frame, outliers=Outliers(method="winsorise"))
    assert result["x"][:3].tolist() == [1.0, 2.0, 3.0]


def test_none_means_nothing_changes():
    frame = panel([1.0, np.nan, 500.0])
    result = filled(frame, Gaps())
    pd.testing.assert_series_equal(result["x"], frame["x"])
    assert result["x_flag"].eq("").all()


def test_the_input_is_not_changed():
    frame = panel([1.0, np.nan, 3.0])
    copy = frame.copy()
    filled(frame)
    pd.testing.assert_frame_equal(frame, copy)


@pytest.mark.parametrize("seed", range(5))
def test_filled_values_lie_between_their_neighbours(seed):
    rng = np.random.default_rng(seed)
    values = np.where(rng.random(40) < 0.3, np.nan, rng.normal(size=40))
    result = filled(panel(values, first=1980))
    done = result[result["x_flag"].eq("interpolated")]
    low = pd.Series(values).ffill(), pd.Series(values).bfill()
    assert (done["x"] >= np.minimum(*low)[done.index] - 1e-12).all()
    assert (done["x"] <= np.maximum(*low)[done.index] + 1e-12).all()
