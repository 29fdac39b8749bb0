"""Tables of a profile, values with their cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from oib_pipeline.contract.variables import variables
from oib_pipeline.indices.table import used_formulas
from oib_pipeline.report.cities.comparisons import Comparison, ProfileInputs, lines
from oib_pipeline.report.document.blocks import Cell, Head, Row, Table
from oib_pipeline.report.document.format_numbers import decimals_for_spread, fixed
from oib_pipeline.report.document.labels import label, short
from oib_pipeline.report.document.treated import Called
from oib_pipeline.report.formats.html import listed


@dataclass(frozen=True)
class Value:
    """One value of the study panel; ``inputs`` are the variables it was computed from."""

    name: str
    year: int
    used: float
    flag: str
    before: float
    formulas: tuple[str, ...]
    inputs: tuple[str, ...]
    reason: str


def values(inputs: ProfileInputs, code: str) -> list[Value]:
    """Every outcome and control of a city in every year of the study, as ``oib trace`` finds it."""
    panel = _by_year(inputs.report.panel, code)
    indices = _by_year(inputs.indices, code)
    missing = _reasons(inputs, code)
    chosen = _chosen(inputs, code)
    found = []
    for name in inputs.names:
        for year in inputs.report.study.year_list:
            ways = used_formulas(name, chosen.get(year, pd.Series(dtype=float)))
            flag = _text(_get(panel, year, f"{name}_flag"))
            reason = missing.get((year, name)) or _text(_get(indices, year, f"{name}_reason"))
            found.append(
                Value(
                    name=name,
                    year=year,
                    used=_number(_get(panel, year, name)),
                    flag=flag,
                    before=_number(_get(panel, year, f"{name}_before")),
                    formulas=tuple(way.plain for way in ways),
                    inputs=tuple(dict.fromkeys(one for way in ways for one in way.inputs)),
                    reason=reason,
                )
            )
    return found


def cells(inputs: ProfileInputs, code: str) -> pd.DataFrame:
    """Every value that a release gives for a city, the chosen one first, by year and variable."""
    sources = inputs.report.frame("sources")
    own = sources[sources["city_code"] == code]
    order = {name: place for place, name in enumerate(variables())}
    return own.assign(
        place=own["variable"].map(order), passed=~own["chosen"].astype(bool)
    ).sort_values(["year", "place", "passed", "release"], kind="stable")


def anchor(year: int, variable: str) -> str:
    """The name of a variable's row in a year."""
    return f"cell-{year}-{variable}"


def _chosen(inputs: ProfileInputs, code: str) -> dict[int, pd.Series]:
    own = cells(inputs, code)
    own = own[~own["passed"]]
    return {
        int(str(year)): part.set_index("variable")["value"] for year, part in own.groupby("year")
    }


def _reasons(inputs: ProfileInputs, code: str) -> dict[tuple[int, str], str]:
    missing = inputs.report.frame("missing")
    if missing.empty:
        return {}
    own = missing[missing["city_code"] == code]
    return {(int(row.year), str(row.variable)): str(row.reason) for row in own.itertuples()}


def _by_year(frame: pd.DataFrame, code: str) -> pd.DataFrame:
    return frame[frame["city_code"] == code].set_index("year")


def _get(frame: pd.DataFrame, year: int, name: str) -> object:
    return frame.loc[year, name] if year in frame.index and name in frame.columns else None


def _number(value: object) -> float:
    return float("nan") if value is None or pd.isna(value) else float(value)  # type: ignore[arg-type]


def _text(value: object) -> str:
    return "" if value is None or pd.isna(value) else str(value)


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
