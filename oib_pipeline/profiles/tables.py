"""Tables of a profile: paths, weights, panel values and the cells they rest on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from oib_pipeline.contract.variables import variables
from oib_pipeline.profiles.comparisons import Comparison
from oib_pipeline.profiles.figure import lines
from oib_pipeline.profiles.lineage import Value, anchor
from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.called import Called
from oib_pipeline.report.cities import listed
from oib_pipeline.report.labels import label, short
from oib_pipeline.report.numbers import decimals_for_spread, fixed

UNITS = {
    "mcny": "million yuan",
    "cny": "yuan",
    "k_persons": "1,000 persons",
    "pct": "%",
    "km2": "km²",
    "m2": "m²",
    "n": "number",
}
SHARE = 0.005  # weights below are not listed


def paths_table(
    made: Sequence[Comparison], city: str, region: str, called: Called, notes: tuple[str, ...]
) -> Table:
    """Each outcome by year: the city and its counterparts."""
    names = list(
        dict.fromkeys(name for one in made for name, _, _ in lines(one, city, region, called))
    )
    names = names[::-1]
    rows: list[Row] = []
    for one in made:
        paths = {name: path for name, path, _ in lines(one, city, region, called)}
        rows.append(Row((Cell(short(one.outcome)),), "group"))
        for year in one.own.index:
            found = (paths[name].get(year, np.nan) if name in paths else np.nan for name in names)
            link = f"#{_used(one.outcome, int(year))}"
            cells = [_figure(value, 3) for value in found]
            cells[0] = Cell(cells[0].text, value=cells[0].value, link=link)
            rows.append(Row((Cell(str(year)), *cells)))
    return Table(
        name="paths-table",
        title="The same in numbers",
        align="l" + "r" * len(names),
        head=((Head("Year"), *(Head(name) for name in names)),),
        rows=tuple(rows),
        notes=("The city’s own values lead to how they came about.", *notes),
    )


def weights_table(made: Sequence[Comparison], cities: pd.DataFrame) -> Table | None:
    """Donors of the synthetic control of each outcome, the heaviest first."""
    rows: list[Row] = []
    for one in made:
        if one.synthetic is None:
            continue
        rows.append(Row((Cell(short(one.outcome)),), "group"))
        weights = one.synthetic.weights
        heavy = weights[weights >= SHARE].sort_values(ascending=False, kind="stable")
        rows += [
            Row(
                (
                    Cell(str(cities.loc[code, "city"]), link=listed(str(code))),
                    Cell(str(cities.loc[code, "province"])),
                    Cell(fixed(weight, 2), value=float(weight)),
                )
            )
            for code, weight in heavy.items()
        ]
    if not rows:
        return None
    return Table(
        name="weights",
        title="Weights of the synthetic control",
        align="llr",
        head=((Head("City"), Head("Province"), Head("Weight")),),
        rows=tuple(rows),
    )


def values_table(found: Sequence[Value], notes: tuple[str, ...]) -> Table:
    """Values of the study panel; each leads to its first input below."""
    rows: list[Row] = []
    for name in dict.fromkeys(value.name for value in found):
        own = [value for value in found if value.name == name]
        places = decimals_for_spread(_spread(own))
        said = [_formula(value) for value in own if value.formulas]
        usual = max(said, key=said.count, default="")
        title = f"{label(name).label}, {label(name).unit}".strip(", ")
        rows.append(Row((Cell(f"{title}: {usual}" if usual else title),), "group"))
        rows += [_value_row(value, max(places, 2), usual) for value in own]
    names = ("Year", "Used", "Before repair", "Repair", "Where it differs, or why it is missing")
    return Table(
        name="panel-values",
        title="Values of the study’s panel",
        align="lrrlp",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=(
            "Each value used leads to the first of its inputs; the others stand near it.",
            *notes,
        ),
    )


def cells_table(found: pd.DataFrame) -> Table:
    """Every value that a release gives, by year, with the place it was read from."""
    rows: list[Row] = []
    seen: set[str] = set()
    for year, part in found.groupby("year"):
        rows.append(Row((Cell(str(year)),), "group", rule=bool(rows)))
        for record in part.to_dict("records"):
            name = anchor(int(str(year)), record["variable"])
            rows.append(_cell_row(record, name if name not in seen else ""))
            seen.add(name)
    names = ("Variable", "Value", "Unit", "As printed", "Release", "File, sheet", "Cell", "Choice")
    return Table(
        name="cells",
        title="Every value by its cell",
        align="prllpplp",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=("Values in the contract’s unit; “as printed” with the unit the source states.",),
    )


def _formula(value: Value) -> str:
    return "; ".join(value.formulas)


def _value_row(value: Value, places: int, usual: str) -> Row:
    link = f"#{anchor(value.year, value.inputs[0])}" if value.inputs else ""
    used = _figure(value.used, places)
    own = _formula(value)
    said = own if own != usual else ""
    if not own or (value.flag and value.reason):
        said = "; ".join(filter(None, (said, value.reason or "no source has it")))
    return Row(
        (
            Cell(str(value.year), anchor=_used(value.name, value.year)),
            Cell(used.text, value=used.value, link=link),
            _figure(value.before, places)
            if value.flag and value.before == value.before
            else Cell(),
            Cell(value.flag),
            Cell(said),
        )
    )


def _cell_row(record: dict, name: str) -> Row:
    variable = variables()[record["variable"]]
    place = ", ".join(_text(record[key]) for key in ("file", "sheet") if _text(record[key]))
    stated = _text(record["stated_unit"])
    value = record["value"]
    passed = "chosen" if record["chosen"] else f"passed over: {_text(record['reason'])}"
    correction = _text(record.get("correction"))
    return Row(
        (
            Cell(variable.label_en, anchor=name),
            _figure(value, 2 if pd.notna(value) and abs(value) < 1000 else 0),
            Cell(UNITS.get(variable.unit, variable.unit)),
            Cell(f"{_text(record['text'])} {stated}".strip()),
            Cell(_text(record["release"])),
            Cell(place),
            Cell(_text(record["cell"])),
            Cell(f"{passed}; corrected: {correction}" if correction else passed),
        )
    )


def _used(name: str, year: int) -> str:
    return f"value-{year}-{name}"


def _figure(value: float, places: int) -> Cell:
    if pd.isna(value):
        return Cell("n.a.")
    return Cell(fixed(float(value), places), value=float(value))


def _spread(own: list[Value]) -> float:
    return float(pd.Series([value.used for value in own], dtype=float).std())


def _text(value: object) -> str:
    return "" if value is None or pd.isna(value) else str(value)
