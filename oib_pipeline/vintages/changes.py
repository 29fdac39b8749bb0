"""What differs: inputs, estimates, revised values."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from oib_pipeline.vintages.snapshot import ESTIMATE, VALUE

if TYPE_CHECKING:
    import pandas as pd


CHANGE_COLUMNS = [
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
    return frame.reindex(columns=CHANGE_COLUMNS)


SAME = 1e-9  # relative to the error: below it nothing a person could see


def moves(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Every estimate of either vintage with its old and new numbers.

    Returns
    -------
    DataFrame
        result, model, outcome, term; ``was``, ``was_se``, ``was_p``, ``now``, ``now_se``,
        ``now_p``; ``moved`` (now - was) and ``moved_se`` (over the old standard error);
        ``change``: same, moved, added or removed.
    """
    names = {"estimate": "", "se": "_se", "p": "_p"}
    both = before[[*ESTIMATE, *names]].merge(
        after[[*ESTIMATE, *names]], on=ESTIMATE, how="outer", indicator=True, suffixes=("_a", "_b")
    )
    for column, suffix in names.items():
        both[f"was{suffix}"], both[f"now{suffix}"] = both[f"{column}_a"], both[f"{column}_b"]
    both["moved"] = both["now"] - both["was"]
    both["moved_se"] = both["moved"] / both["was_se"].where(both["was_se"] > 0)
    both["change"] = (
        both["_merge"]
        .map({"left_only": "removed", "right_only": "added", "both": "moved"})
        .astype("object")
    )
    both.loc[(both["_merge"] == "both") & ~_differ(both), "change"] = "same"
    sides = [f"{side}{suffix}" for side in ("was", "now") for suffix in names.values()]
    return both[[*ESTIMATE, *sides, "moved", "moved_se", "change"]].sort_values(
        ESTIMATE, kind="stable", ignore_index=True
    )


def _differ(both: pd.DataFrame) -> pd.Series:
    """Whether estimate, error or p differ, or one of them is defined on one side only."""
    differ = both["moved"].abs() > SAME * both["was_se"].fillna(both["was"].abs())
    for suffix in ("_se", "_p"):
        old, new = both[f"was{suffix}"], both[f"now{suffix}"]
        differ |= (new - old).abs() > SAME * old.abs()
    for suffix in ("", "_se", "_p"):
        differ |= both[f"was{suffix}"].isna() != both[f"now{suffix}"].isna()
    return differ


KEY = ["release", "city_code", "year", "scope", "variable"]
PLACE = ["file", "sheet", "cell"]
READ = [*KEY, *PLACE, "text", "unit", "value"]
REVISION_COLUMNS = [
    "release",
    "change",
    *KEY[1:],
    *PLACE,
    "was_cell",
    "was_text",
    "now_text",
    "was",
    "now",
    "was_unit",
    "now_unit",
]
SHOWN = 3


def revisions(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Values of releases that were read before and differ now, are gone, or are new.

    A value counts as the same where number and unit are; that it stands in another cell does not
    matter. A release that only one side has gives no rows: it came or went as a whole.

    Parameters
    ----------
    before, after
        Rows of ``raw_observations``; at least ``READ`` of them.
    """
    again = set(before["release"]) & set(after["release"])
    sides = [
        _once(side.loc[side["release"].isin(again), READ].astype(_plain(side)))
        for side in (before, after)
    ]
    both = sides[0].merge(
        sides[1], on=[*KEY, "time"], how="outer", suffixes=("_was", ""), indicator=True
    )
    same = both["value"].eq(both["value_was"]) & both["unit"].eq(both["unit_was"])
    rows = both[~same]
    change = rows["_merge"].astype("str")
    change = change.map({"both": "revised", "left_only": "gone", "right_only": "new"})
    gone = change.eq("gone")
    rows = rows.assign(
        change=change,
        was_cell=_words(rows, "_was").where(~change.eq("new"), ""),
        was_text=rows["text_was"].fillna(""),
        now_text=rows["text"].fillna(""),
        was=rows["value_was"],
        now=rows["value"],
        was_unit=rows["unit_was"].fillna(""),
        now_unit=rows["unit"].fillna(""),
        **{name: rows[name].where(~gone, rows[f"{name}_was"]) for name in PLACE},
    )
    return rows.sort_values([*KEY, *PLACE], ignore_index=True)[REVISION_COLUMNS]


def in_words(release: str, rows: Iterable[Mapping[str, object]], number: int) -> str:
    """One line on the revisions of a release; ``rows`` are the first of them."""
    shown = "; ".join(_one(row) for row in rows)
    more = f", and {number - SHOWN:,} more" if number > SHOWN else ""
    values = "value differs" if number == 1 else "values differ"
    return f"{release} was read again: {number:,} {values} from the last time ({shown}{more})"


def _one(row: Mapping[str, object]) -> str:
    sheet = f" {row['sheet']}" if row["sheet"] else ""
    place = f"{row['file']}{sheet} {row['cell']}"
    if row["change"] == "gone":
        return f"{place}: {row['was_text']} is gone"
    before = row["was_text"] if row["change"] == "revised" else "nothing"
    units = (
        "" if row["change"] == "new" or row["was_unit"] == row["now_unit"] else " in another unit"
    )
    return f"{place}: {before} -> {row['now_text']}{units}"


def _once(side: pd.DataFrame) -> pd.DataFrame:
    """Numbers the cells of one key: a sheet may print again what another holds."""
    side = side.sort_values([*KEY, *PLACE], kind="stable")
    return side.assign(time=side.groupby(KEY, sort=False).cumcount())


def _plain(side: pd.DataFrame) -> dict[str, str]:
    coded = side.select_dtypes("category").columns
    return {name: "str" for name in coded if name in READ}


def _words(rows: pd.DataFrame, end: str) -> pd.Series:
    file, sheet, cell = (rows[f"{name}{end}"].fillna("") for name in PLACE)
    return file + (", sheet " + sheet).where(sheet.ne(""), "") + ", " + cell
