"""What differs between the inputs of two moments: one row a thing that came, went or changed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from oib_pipeline.vintages.state import VALUE

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = [
    "kind",
    "name",
    "change",
    "was",
    "now",
    "city_code",
    "year",
    "variable",
    "was_value",
    "now_value",
    "was_place",
    "now_place",
]
KEPT_DIGITS = 1e-9  # relative: below it a value is read the same


def changed_inputs(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Rows of `State.inputs` that differ, a city under another code as one row.

    ``change`` is added, removed, revised or recoded; ``was`` and ``now`` are as recorded.
    """
    both = before.merge(after, on=["kind", "name"], how="outer", suffixes=("_was", "_now"))
    gone, came = both["value_now"].isna(), both["value_was"].isna()
    revised = ~gone & ~came & (both["value_was"] != both["value_now"])
    for row in both.index[revised & (both["kind"] == "city")]:
        revised[row] = _revised(both.loc[row, "value_was"], both.loc[row, "value_now"])
    both["change"] = "same"
    both.loc[gone, "change"] = "removed"
    both.loc[came, "change"] = "added"
    both.loc[revised, "change"] = "revised"
    both["was"] = _told(both, "was")
    both["now"] = _told(both, "now")
    return _filled(_recoded(both[both["change"] != "same"]))


def changed_values(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Values that are there in both and differ, and counts of those that came and went by year."""
    import pandas as pd

    both = before.merge(after, on=VALUE, how="outer", suffixes=("_was", "_now"), indicator=True)
    there = both[both["_merge"] == "both"]
    scale = there[["value_was", "value_now"]].abs().max(axis=1)
    moved = there[(there["value_now"] - there["value_was"]).abs() > KEPT_DIGITS * scale]
    rows = moved.rename(columns=lambda name: _side(name)).assign(
        kind="value",
        change="revised",
        name=moved["city_code"] + " " + moved["year"].astype(str) + " " + moved["variable"],
    )
    counts = [
        {
            "kind": "values",
            "name": f"{year} {change}",
            "change": change,
            "now": str(n),
            "year": year,
        }
        for side, change in (("right_only", "added"), ("left_only", "removed"))
        for year, n in both.loc[both["_merge"] == side, "year"].value_counts().sort_index().items()
    ]
    return pd.concat([_filled(pd.DataFrame(counts)), _filled(rows)], ignore_index=True)


def _side(name: str) -> str:
    for side in ("was", "now"):
        name = {f"value_{side}": f"{side}_value", f"place_{side}": f"{side}_place"}.get(name, name)
    return name


def _told(both: pd.DataFrame, side: str) -> pd.Series:
    """What is recorded of a side; of a release how many of its values are used."""
    count = both[f"n_{side}"].astype("Int64").astype("string") + " values"
    text = both[f"value_{side}"].where(both["kind"] != "release", count)
    return text.fillna("").astype("object")


def _recoded(frame: pd.DataFrame) -> pd.DataFrame:
    """A city that went under one code and came under another is one that was recoded."""
    import pandas as pd

    cities = frame["kind"] == "city"
    gone = {
        _name(row): code
        for code, row in _pairs(frame[cities & (frame["change"] == "removed")], "was")
    }
    came = {
        _name(row): code
        for code, row in _pairs(frame[cities & (frame["change"] == "added")], "now")
    }
    same = {gone[name]: came[name] for name in gone if name and name in came}
    if not same:
        return frame
    left = frame[~(cities & frame["name"].isin([*same, *same.values()]))]
    rows = [
        {"kind": "city", "name": new, "change": "recoded", "was": old, "now": new}
        for old, new in same.items()
    ]
    return pd.concat([left, pd.DataFrame(rows)], ignore_index=True)


def _pairs(frame: pd.DataFrame, side: str) -> list[tuple[str, str]]:
    return list(zip(frame["name"], frame[side], strict=True))


def _revised(was: str, now: str) -> bool:
    """Whether facts of a city differ; one that an earlier version did not record is no change."""
    old, new = json.loads(was), json.loads(now)
    return any(old[name] != new[name] for name in old.keys() & new.keys())


def _name(facts: str) -> str:
    return str(json.loads(facts).get("name_zh", ""))


def _filled(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.reindex(columns=COLUMNS)
