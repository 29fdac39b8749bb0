"""What changed since the last vintage: inputs, revised values, and how far estimates moved."""

from __future__ import annotations

import json
import re
from typing import Any

import pandas as pd

from oib_pipeline.analysis.catalogue import RESULTS
from oib_pipeline.report.document.blocks import Cell, Head, Row, Table
from oib_pipeline.report.document.format_numbers import (
    MISSING,
    fixed,
    number,
    p_value,
    percent,
    whole,
)
from oib_pipeline.report.document.labels import TREATED_CITY, label
from oib_pipeline.report.document.treated import Called
from oib_pipeline.report.inputs import ReportInputs

SHOWN = 20
DIGITS = 8  # of a digest, enough to tell two apart
KINDS = {
    "year": "Data year",
    "release": "Release",
    "values": "Values by year",
    "city": "City",
    "study": "Study file",
    "data": "File",
    "registry": "Registry table",
    "library": "Library",
    "code": "Code of",
}


def changed_table(changes: pd.DataFrame, called: Called = TREATED_CITY) -> Table:
    """One row a release, year, city, file, field and library that differs; stages alike in one."""
    rest = changes[changes["kind"] != "value"]
    rest = rest[["kind", "name", "change", "was", "now"]].astype("object").fillna("")
    rest = rest.assign(_order=rest["kind"].map(list(KINDS).index))
    rest = rest.sort_values(["_order", "name"], kind="stable").drop(columns="_order")
    told: dict[tuple[str, ...], list[str]] = {}
    for record in rest.to_dict("records"):
        what, which, *differs = _changed(record, called)
        alone = "" if record["kind"] == "code" else which
        told.setdefault((what, *differs, alone), []).append(which)
    rows = [
        Row(tuple(Cell(text) for text in (what, ", ".join(names), *differs)))
        for (what, *differs, _), names in told.items()
    ]
    names = ("What", "Which", "Change", "Before", "Now")
    return Table(
        name="changed-inputs",
        title="Inputs that differ from those of the last vintage",
        align="lplpp",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        data=rest,
    )


def revised_table(changes: pd.DataFrame, inputs: ReportInputs) -> Table:
    """The values that were revised most, with the cell they were and are read from."""
    cities = inputs.registry.cities.set_index("city_code")["name_en"]
    values = changes[changes["kind"] == "value"]
    scale = values[["was_value", "now_value"]].abs().max(axis=1)
    values = values.assign(relative=(values["now_value"] - values["was_value"]).abs() / scale)
    values = values.sort_values(["relative", "name"], ascending=[False, True], kind="stable")
    rows = [
        Row(
            (
                Cell(f"{cities.get(row.city_code, row.city_code)}, {int(row.year)}"),
                Cell(label(row.variable).label),
                Cell(number(row.was_value, least=2), value=row.was_value),
                Cell(str(row.was_place)),
                Cell(number(row.now_value, least=2), value=row.now_value),
                Cell(str(row.now_place) if row.now_place != row.was_place else "the same cell"),
                Cell(percent(row.relative), value=row.relative),
            )
        )
        for row in values.head(SHOWN).itertuples()
    ]
    names = ("City and year", "Variable", "Before", "from", "Now", "from", "Difference")
    more = f"The {SHOWN} widest of {len(values):,} are shown. " if len(values) > SHOWN else ""
    return Table(
        name="revised-values",
        title="Values that were revised",
        align="lprprpr",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=(f"{more}The difference is relative to the larger of the two.",),
        data=values.drop(columns=["kind", "change", "was", "now"]),
    )


def moved_table(moves: pd.DataFrame) -> Table:
    """The effect in each model of the baseline, before and now."""
    head = moves[(moves["result"] == "baseline") & (moves["term"] == "did")]
    rows = [
        Row(
            (
                Cell(f"({row.model}) {label(row.outcome).short}"),
                Cell(_estimate(row.was), below=_error(row.was_se), value=row.was),
                Cell(p_value(row.was_p)),
                Cell(_estimate(row.now), below=_error(row.now_se), value=row.now),
                Cell(p_value(row.now_p)),
                Cell(_estimate(row.moved) if row.moved else "0", value=row.moved),
                Cell(fixed(row.moved_se, 2) if row.moved else "0", value=row.moved_se),
            )
        )
        for row in head.itertuples()
    ]
    names = ("Model", "Before", "p", "Now", "p", "Moved", "in s.e.")
    return Table(
        name="moved-effects",
        title="The effect in the baseline before and now",
        align="lrrrrrr",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=("Standard errors in brackets. The last column is over the standard error before.",),
        data=head,
    )


def moved_by_result_table(moves: pd.DataFrame) -> Table:
    """How many estimates of each result moved, and how far at most; the csv has each."""
    rows = []
    for result, part in moves.groupby("result", sort=True):
        counts = part["change"].value_counts()
        farthest = part["moved_se"].abs().max()
        rows.append(
            Row(
                (
                    Cell(_title(str(result))),
                    *(Cell(whole(counts.get(c, 0))) for c in ("moved", "same", "added", "removed")),
                    Cell(fixed(farthest, 2), value=farthest),
                )
            )
        )
    names = ("Result", "Moved", "Same", "New", "Gone", "Farthest, in s.e.")
    return Table(
        name="moved-estimates",
        title="Estimates that moved",
        align="lrrrrr",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=("The csv has every estimate with its numbers before and now.",),
        data=moves,
    )


def _changed(record: dict[str, Any], called: Called) -> tuple[str, ...]:
    kind, name = str(record["kind"]), str(record["name"])
    was, now = str(record["was"]), str(record["now"])
    if kind == "code":
        return (KINDS[kind], name, "changed", *_rooms(was, now))
    if kind == "city":
        return (KINDS[kind], name, record["change"], _city(was, called), _city(now, called))
    if kind == "year":
        return (KINDS[kind], name, record["change"], "", "")
    if kind == "values":
        return (KINDS[kind], name.split()[0], record["change"], "", f"{int(now):,} values")
    return (KINDS[kind], name, record["change"], _counted(was), _counted(now))


def _counted(text: str) -> str:
    """``1918 values`` with its thousands set apart."""
    found = re.fullmatch(r"(\d+) values", text)
    return f"{int(found[1]):,} values" if found else text


def _rooms(was: str, now: str) -> tuple[str, str]:
    """The rooms whose code differs, each with the digest it had and has."""
    old, new = (json.loads(text) if text else {} for text in (was, now))
    differ = sorted(room for room in {*old, *new} if old.get(room) != new.get(room))
    sides = (
        ", ".join(f"{room} {side.get(room, MISSING)[:DIGITS]}" for room in differ)
        for side in (old, new)
    )
    before, after = sides
    return before, after


def _city(facts: str, called: Called) -> str:
    if not facts.startswith("{"):
        return facts
    known = json.loads(facts)
    treated = f", {called.kind}" if known["treated"] else ""
    return f"{known['name']}, {known['region']}{treated}"


def _estimate(value: float) -> str:
    return fixed(value, 4)


def _error(value: float) -> str:
    return f"({fixed(value, 4)})" if pd.notna(value) else ""


def _title(result: str) -> str:
    """What the report calls a result; its name where an earlier vintage has one that is no more."""
    return RESULTS[result].title if result in RESULTS else result
