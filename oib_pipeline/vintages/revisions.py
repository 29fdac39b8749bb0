"""What a release said before and says otherwise now: every value, used by a study or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

KEY = ["release", "city_code", "year", "scope", "variable"]
PLACE = ["file", "sheet", "cell"]
READ = [*KEY, *PLACE, "text", "unit", "value"]
COLUMNS = [
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
    return rows.sort_values([*KEY, *PLACE], ignore_index=True)[COLUMNS]


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
