"""One builder of tables declared as (heading, column, format); shared notes."""

from __future__ import annotations

from math import comb

import pandas as pd

from oib_pipeline.report.document.blocks import Cell, Head, Row, Table
from oib_pipeline.report.document.format_numbers import number, percent, whole, years
from oib_pipeline.report.document.labels import in_words, label, listing, short
from oib_pipeline.report.document.treated import Called
from oib_pipeline.report.inputs import ReportInputs


def draws_note(frame: pd.DataFrame, what: str = "") -> tuple[str, ...]:
    """The number of draws, their seed where at hand, and the smallest p they can give.

    ``frame`` has ``draws``, perhaps ``seed``; nothing is said where no draw was made. ``what``
    goes in front: whose draws they are.
    """
    found = _numbers(frame, "draws")
    if not found:
        return ()
    seeds = _numbers(frame, "seed")
    seed = f" (seed {seeds[0]})" if len(seeds) == 1 else ""
    made = listing([whole(draws) for draws in found])
    least = listing([number(1 / (1 + draws)) for draws in found])
    lead = f"{what}: " if what else ""
    return (f"{lead}{made} draws{seed}; the smallest possible p is {least}.",)


def few_ways_notes(frame: pd.DataFrame, called: Called) -> tuple[str, ...]:
    """Groups whose treated cities can be chosen in fewer ways than there are draws."""
    if not {"group", "n_treated", "n_control", "draws", "p_t"} <= set(frame.columns):
        return ()
    rows = frame[frame["p_t"].notna()].drop_duplicates("group")
    notes = []
    for row in rows.itertuples():
        ways = comb(int(row.n_treated) + int(row.n_control), int(row.n_treated))
        if ways < row.draws:
            notes.append(
                f"{row.group}: its {called.one if row.n_treated == 1 else called.many} can be "
                f"chosen in {whole(ways)} ways only, so p there is hardly below {number(1 / ways)}."
            )
    return tuple(notes)


def _numbers(frame: pd.DataFrame, name: str) -> list[int]:
    if name not in frame:
        return []
    values = pd.to_numeric(frame[name], errors="coerce").dropna()
    return sorted({int(value) for value in values if name != "draws" or value > 0}, reverse=True)


def not_estimated(frame: pd.DataFrame) -> tuple[str, ...]:
    """A note a reason: which rows have no estimate, and why."""
    if "note" not in frame:
        return ()
    rows = frame[frame["estimate"].isna()]
    notes = []
    for reason, part in rows.groupby("note", sort=False):
        listed = [f"{short(row.outcome)}, {row.model}" for row in part.itertuples()]
        more = f" and {len(listed) - 3} more" if len(listed) > 3 else ""
        notes.append(f"{'; '.join(listed[:3])}{more}: n.a. because {str(reason).rstrip('.')}.")
    return tuple(notes)


SCOPES = {"whole_city": "whole cities", "districts": "districts of cities"}


def left_out_table(frame: pd.DataFrame) -> Table:
    """Control, share of city-years that have it, and why it was left out."""
    rows = [
        Row(
            (
                Cell(short(str(record["control"]))),
                Cell(percent(record["coverage"]), value=record["coverage"]),
                Cell(_reason(str(record["reason"]))),
            )
        )
        for record in frame.to_dict("records")
    ]
    return Table(
        name="left-out",
        title="Controls left out",
        align="lrp",
        head=(tuple(Head(text) for text in ("Control", "City-years that have it", "Reason")),),
        rows=tuple(rows),
        data=frame,
    )


def _reason(text: str) -> str:
    """The reason with columns and scopes as they are called."""
    for scope, words in SCOPES.items():
        text = text.replace(f"at scope {scope}", f"for {words}")
    return in_words(text)


GAPS_SHOWN = 60


def gaps_table(missing: pd.DataFrame, inputs: ReportInputs) -> Table:
    """One row for each city, variable and reason; the csv has every city-year."""
    cities = inputs.registry.cities.set_index("city_code")["name_en"]
    filled = missing.get("repair", pd.Series("", index=missing.index)).fillna("")
    keys = ["variable", "city_code", "reason", "then"]
    grouped = missing.assign(then=filled.replace("", "left out")).groupby(keys, dropna=False)
    lines = [(*key, sorted(int(year) for year in part["year"])) for key, part in grouped]
    rows = [
        Row(
            (
                Cell(short(str(variable))),
                Cell(f"{cities.get(code, code)} ({code})"),
                Cell(years(spell)),
                Cell(whole(len(spell)), value=len(spell)),
                Cell("no reason given" if pd.isna(reason) else in_words(str(reason))),
                Cell(then),
            )
        )
        for variable, code, reason, then, spell in lines[:GAPS_SHOWN]
    ]
    names = ("Variable", "City", "Years", "Number", "Reason", "Then")
    rest = len(lines) - GAPS_SHOWN
    return Table(
        name="missing",
        title="What is missing",
        align="lllrpl",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=(f"{rest:,} further rows are in the csv.",) if rest > 0 else (),
        data=missing,
    )


CONFLICTS_SHOWN = 40


def conflicts_table(frame: pd.DataFrame, inputs: ReportInputs) -> Table:
    """The widest differences first, with the cells on both sides; the csv has all."""
    cities = inputs.registry.cities.set_index("city_code")["name_en"]
    key = ["city_code", "variable", "year", "release"]
    widest = frame.sort_values(["relative_difference", *key], ascending=[False] + [True] * 4)
    rows = [
        Row(
            (
                Cell(f"{cities.get(row.city_code, row.city_code)}, {row.year}"),
                Cell(label(row.variable).label),
                Cell(number(row.chosen_value, least=2), value=row.chosen_value),
                Cell(str(row.chosen_place)),
                Cell(number(row.value, least=2), value=row.value),
                Cell(str(row.place)),
                Cell(percent(row.relative_difference), value=row.relative_difference),
            )
        )
        for row in widest.head(CONFLICTS_SHOWN).itertuples()
    ]
    names = ("City and year", "Variable", "Chosen", "from", "Passed over", "from", "Difference")
    more = len(frame) - CONFLICTS_SHOWN
    shown = (
        f"The widest {CONFLICTS_SHOWN} are shown; the csv has {more:,} more. " if more > 0 else ""
    )
    return Table(
        name="conflicting-values",
        title="Values that sources give differently",
        align="lprprpr",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=(f"{shown}The difference is relative to the larger of the two.",),
        data=widest,
    )


SHOWN = 60


def corrections_table(frame: pd.DataFrame) -> Table:
    """One row for each file, sheet and reason with its cells; the csv has what was and is now.

    ``frame``: release, file, sheet, cell, was, now, reason; of columns of one name the first
    counts.
    """
    frame = frame.loc[:, ~frame.columns.duplicated(keep="first")]
    grouped = frame.groupby(["release", "file", "sheet", "reason"], sort=True, dropna=False)
    rows = [
        Row(
            (
                Cell(str(release)),
                Cell(_place(file, sheet)),
                Cell(whole(len(part)), value=len(part)),
                Cell(", ".join(str(cell) for cell in part["cell"])),
                Cell(in_words(str(reason))),
            )
        )
        for (release, file, sheet, reason), part in list(grouped)[:SHOWN]
    ]
    names = ("Release", "File and sheet", "Values", "Cells", "Reason")
    return Table(
        name="corrections",
        title="Corrections of the sources",
        align="lprpp",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=(
            *_more(len(grouped) - SHOWN),
            "The csv lists every cell, what it said and what is used.",
        ),
        data=frame,
    )


def _more(number: int) -> tuple[str, ...]:
    return (f"{whole(number)} more groups of cells are in the csv.",) if number > 0 else ()


def _place(file: object, sheet: object) -> str:
    return str(file) if pd.isna(sheet) or sheet == "" else f"{file}, {sheet}"


SUFFIX = "_flag"


def repairs(panel: pd.DataFrame) -> pd.DataFrame:
    """One row a repaired value: city_code, city, year, variable, how, before, used."""
    parts = []
    for column in (name for name in panel.columns if name.endswith(SUFFIX)):
        variable = column.removesuffix(SUFFIX)
        marked = panel[panel[column].fillna("").ne("")]
        parts.append(
            pd.DataFrame(
                {
                    "city_code": marked["city_code"],
                    "city": marked["city"],
                    "year": marked["year"],
                    "variable": variable,
                    "how": marked[column],
                    "before": marked.get(f"{variable}_before"),
                    "used": marked[variable],
                }
            )
        )
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def repairs_table(changed: pd.DataFrame) -> Table:
    """How many values of each variable were repaired in which way; the csv lists each."""
    rows = [
        Row(
            (
                Cell(short(str(variable))),
                Cell(str(how)),
                Cell(whole(len(part)), value=len(part)),
                Cell(whole(part["city_code"].nunique())),
                Cell(years([int(year) for year in part["year"]])),
            )
        )
        for (variable, how), part in changed.groupby(["variable", "how"], sort=False)
    ]
    names = ("Variable", "How", "Values", "Cities", "Years")
    return Table(
        name="repaired-values",
        title="Repaired values",
        align="llrrl",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=("The csv lists every value with what it was before.",),
        data=changed,
    )
