"""Study panel."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from oib_pipeline.contract.tables import tables
from oib_pipeline.indices.table import inputs_of
from oib_pipeline.quality.contract_suite import (
    city_years_view,
    key_expects,
    prepared,
    range_expect,
    schema_view,
    valid_expects,
    years_view,
)
from oib_pipeline.quality.engine import judge_view
from oib_pipeline.quality.expectations import (
    Expect,
    View,
    absent,
    between,
    equal,
    equal_within,
    one_of,
)
from oib_pipeline.quality.outcome import Outcome


def added_columns(outcomes: Sequence[str], controls: Sequence[str]) -> dict[str, str]:
    """Columns a study adds to its panel, with their types."""
    types = {"": "DOUBLE", "_flag": "VARCHAR", "_before": "DOUBLE", "_doubts": "VARCHAR"}
    return {f"{name}{end}": kind for name in (*outcomes, *controls) for end, kind in types.items()}


def with_expected(
    frame: pd.DataFrame, starts: Mapping[str, int], names: Sequence[str], listed: pd.DataFrame
) -> pd.DataFrame:
    """The panel with what each column should be beside it, and marks on what is not."""
    for column in added_columns(names, ()):
        if column not in frame:
            frame[column] = np.nan
    frame["treated_x_post"] = frame["treated"] * frame["post"]
    earliest = min(starts.values(), default=np.nan)
    frame["years_since_start"] = frame["year"] - frame["city_code"].map(starts).fillna(earliest)
    frame["since_start"] = (frame["years_since_start"] >= 0).astype("int64")
    by_city = frame.groupby("city_code")["treated"]
    frame["least_treated"], frame["most_treated"] = (
        by_city.transform("min"),
        by_city.transform("max"),
    )
    for name in names:
        value = pd.to_numeric(frame[name], errors="coerce")
        gaps = listed[listed["variable"].isna() | (listed["variable"] == name)]
        known = value.isna() & _pairs(frame).isin(_pairs(gaps))
        mark = pd.Series(name, frame.index)
        frame[f"{name}_unlisted"] = mark.where(~(np.isfinite(value) | known))
        before, flag = frame[f"{name}_before"], frame[f"{name}_flag"].fillna("")
        changed = before.notna() & ~equal_within(before, value, 0.0)
        frame[f"{name}_unflagged"] = mark.where(changed & (flag == ""))
    return frame


def gaps_listed(listed: pd.DataFrame | None) -> pd.DataFrame:
    """Known gaps with the columns looked at; none where nothing is given."""
    columns = ["city_code", "year", "variable"]
    if listed is None:
        return pd.DataFrame({name: pd.Series(dtype="object") for name in columns})
    return listed.reindex(columns=columns)


def _pairs(frame: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(frame[["city_code", "year"]])


TABLE = "core_study_panel"
DESIGN = ("treated", "post", "did", "event_time")


def check_study_panel(
    panel: pd.DataFrame,
    *,
    study: str,
    years: Iterable[int],
    cities: Collection[str],
    starts: Mapping[str, int],
    outcomes: Sequence[str],
    controls: Sequence[str] = (),
    listed: pd.DataFrame | None = None,
    cells: pd.DataFrame | None = None,
    min_share: float = 0.8,
) -> list[Outcome]:
    """Outcomes for ``core_study_panel`` of one study.

    Parameters
    ----------
    panel
        Slice of the table for the study.
    study, years, cities
        Name, data years and city codes of the study, less what it excludes.
    starts
        First policy year of each city under the policy; others count from the earliest.
    outcomes, controls
        Columns estimated on; controls less those left out.
    listed
        Known gaps: ``city_code``, ``year``, ``variable``; a missing variable means the whole row.
    cells
        ``core_sources`` of the study's precedence and scope, to show cells behind failing rows.
    """
    years = sorted(set(years))
    listed = gaps_listed(listed)
    frame = with_expected(prepared(TABLE, panel), starts, [*outcomes, *controls], listed)
    expects = (
        *key_expects(TABLE),
        *valid_expects(TABLE),
        *_design(study, years, cities),
        *_values(outcomes, controls),
    )
    rows = listed.loc[listed["variable"].isna(), ["city_code", "year"]]
    views = [
        schema_view(TABLE, panel, added_columns(outcomes, controls)),
        View(TABLE, frame, tables()[TABLE].key, expects),
        city_years_view(
            TABLE, "city_years_complete", frame, years=years, cities=cities, listed=rows
        ),
        years_view(
            TABLE,
            "years_complete",
            frame.dropna(subset=list(outcomes), how="all"),
            years=years,
            cities=cities,
            min_share=min_share,
        ),
        _by_city(frame, cities, starts),
        _groups(frame),
    ]
    skipped = {} if controls else {"controls_finite_or_listed": "the study has no controls"}
    return judge_view(TABLE, views, cells=cells, skipped=skipped)


def _design(study: str, years: Sequence[int], cities: Collection[str]) -> list[Expect]:
    unexpected = "nothing_unexpected"
    return [
        one_of(unexpected, "study", [study], show=("study",)),
        one_of(unexpected, "year", years, "a year of the study", show=("city",)),
        one_of(unexpected, "city_code", cities, "a city of the study", show=("city",)),
        equal("did_is_treated_times_post", "did", "treated_x_post", "treated x post", show=DESIGN),
        equal(
            "timing_agrees",
            "event_time",
            "years_since_start",
            "years since the policy's first year",
            show=("event_time", "years_since_start"),
        ),
        equal(
            "timing_agrees",
            "post",
            "since_start",
            "1 from the policy's first year on",
            show=("post", "since_start", "event_time"),
        ),
        equal(
            "treated_constant",
            "least_treated",
            "most_treated",
            "one value of treated in every year of a city",
            show=("city", "treated"),
        ),
    ]


def _values(outcomes: Sequence[str], controls: Sequence[str]) -> list[Expect]:
    finite = {"outcomes_finite_or_listed": outcomes, "controls_finite_or_listed": controls}
    expects = [
        absent(
            check,
            f"{name}_unlisted",
            f"{name} is finite, or listed as missing",
            show=(name,),
            inputs=inputs_of(name),
        )
        for check, names in finite.items()
        for name in names
    ]
    expects += [range_expect("outcomes_in_range", "core_indices", name) for name in outcomes]
    expects += [
        absent(
            "repairs_flagged",
            f"{name}_unflagged",
            f"{name} differs from the value before only with a flag",
            show=(name, f"{name}_before", f"{name}_flag"),
            inputs=inputs_of(name),
        )
        for name in (*outcomes, *controls)
    ]
    return expects


def _by_city(frame: pd.DataFrame, cities: Collection[str], starts: Mapping[str, int]) -> View:
    """One row an expected city: treated in the panel, and under the policy."""
    found = frame.groupby("city_code")["treated"].max()
    rows = pd.DataFrame({"city_code": sorted(set(cities) & set(found.index))})
    rows["treated"] = rows["city_code"].map(found)
    rows["under_policy"] = rows["city_code"].isin(list(starts)).astype("int64")
    says = "treated exactly where the registry has the city under the policy"
    shown = ("treated", "under_policy")
    expect = equal("treated_as_registered", "treated", "under_policy", says, show=shown)
    return View(f"{TABLE} by city", rows, ("city_code",), (expect,))


def _groups(frame: pd.DataFrame) -> View:
    """Two rows: the number of treated and of untreated cities."""
    counts = frame.groupby("treated")["city_code"].nunique()
    rows = pd.DataFrame({"group": ["treated", "untreated"], "cities": counts.reindex([1, 0]).array})
    rows["cities"] = rows["cities"].fillna(0)
    expect = between("both_groups_present", "cities", 1, None, "at least one city")
    return View(f"{TABLE} by group", rows, ("group",), (expect,))
