"""One table as cells, with its faults."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib.resources import files

import numpy as np
import pandas as pd

from oib_pipeline.contract.variables import factor, variables
from oib_pipeline.synthetic.cities import YEARS
from oib_pipeline.synthetic.economy import Array, Draws
from oib_pipeline.synthetic.editions import SCOPE_ZH, Column, Edition, Plan, tables
from oib_pipeline.synthetic.world import World

Cell = str | int | float | None
Row = list[Cell]
Merge = tuple[int, int, int, int]  # first row, first column, last row, last column, from 0

SCOPE_EN = {"whole_city": "Total City", "districts": "Districts under City"}
UNIT_EN = {
    "元": "yuan",
    "万元": "10 000 yuan",
    "亿元": "100 000 000 yuan",
    "人": "person",
    "万人": "10 000 persons",
    "平方公里": "sq.km",
    "公顷": "hectare",
    "平方米": "sq.m",
    "万平方米": "10 000 sq.m",
    "个": "unit",
    "%": "%",
}


def title_rows(plan: Plan) -> tuple[list[Row], list[Merge]]:
    """Title in one cell, in two, or between empty rows."""
    edition, table = plan.edition, tables()[plan.table]
    english = table.title_en
    if plan.title_scope:
        english += f" ({SCOPE_EN[plan.title_scope]})"
    if edition.title == "two_cells":
        data = f"中国{edition.year}年地级以上城市数据"
        rows: list[Row] = [[], [data, *_empty(plan.leading - 1)], []]
        rows[1].append(f"{plan.label} {plan.title_zh}")
        return _filled(rows, plan), [
            (1, 0, 2, plan.leading - 1),
            (1, plan.leading, 2, plan.width - 1),
        ]
    if edition.title == "spaced":
        rows = [[], [f"{plan.label}{plan.title_zh}"], [], [english], []]
        return _filled(rows, plan), []
    rows = [[f"{plan.label}  {plan.title_zh}"]]
    if edition.english:
        rows.append([english])
    return _filled(rows, plan), []


def header_rows(plan: Plan) -> tuple[list[Row], list[Merge]]:
    """Unit row where the edition has one, then the header; merges where the edition merges."""
    edition = plan.edition
    rows: list[Row] = []
    if plan.unit_apart:
        unit = _shown(edition, plan.unit(plan.columns[0][0]))
        rows.append([f"单位：{unit}"])
        if edition.english:
            rows.append([f"({unit})"])
    top = len(rows)
    names: Row = [edition.city_head, "City"]
    heads = [names[: plan.leading]]
    if edition.headers == "apart":
        heads.append(_empty(plan.leading))
    merges: list[Merge] = []
    for place, (column, _) in enumerate(plan.columns):
        repeats = place > 0 and plan.columns[place - 1][0] == column
        heads[0].append(None if repeats else _head(plan, column))
        if edition.headers == "apart":
            heads[1].append(None if repeats else _head_en(plan, column))
        if repeats:
            right = plan.leading + place
            merges += [(top + row, right - 1, top + row, right) for row in range(len(heads))]
    if plan.title_scope is None:
        heads.append(_empty(plan.leading) + [_scope(edition, scope) for _, scope in plan.columns])
        merges += [(top, at, top + len(heads) - 1, at) for at in range(plan.leading)]
    return _filled(rows + heads, plan), merges


def _head(plan: Plan, column: Column) -> str:
    edition = plan.edition
    name = column.zh_new if edition.wording == "new" else column.zh
    unit = "" if plan.unit_apart else _shown(edition, plan.unit(column))
    if edition.headers == "newline":
        lines = [name] + ([f"({unit})"] if unit else [])
        return "\n".join(lines + ([_head_en(plan, column)] if edition.english else []))
    wide = name.replace("(", "（").replace(")", "）") + (f"（{unit}）" if unit else "")
    return (
        wide
        if edition.headers == "apart"
        else f"{wide}                    {_head_en(plan, column)}"
    )


def _head_en(plan: Plan, column: Column) -> str:
    if plan.unit_apart:
        return column.en
    unit = plan.unit(column)
    between = "\n" if plan.edition.headers == "newline" else " "
    return f"{column.en}{between}({plan.edition.percent if unit == '%' else UNIT_EN[unit]})"


def _scope(edition: Edition, scope: str) -> str:
    word = edition.whole_city if scope == "whole_city" else SCOPE_ZH[scope]
    between = "\n" if edition.headers == "newline" else "          "
    return f"{word}{between}{SCOPE_EN[scope]}" if edition.english else word


def _shown(edition: Edition, unit: str) -> str:
    return edition.percent if unit == "%" else unit


def _filled(rows: list[Row], plan: Plan) -> list[Row]:
    return [row + _empty(plan.width - len(row)) for row in rows]


def _empty(count: int) -> Row:
    return [None] * count


SYNTHETIC = "注：合成数据 Synthetic data, not official statistics"
MIXED_NUMBERS = 7  # in a text column, every seventh city is a number


@dataclass(frozen=True)
class Page:
    """A grid with its merges, and which plan it prints."""

    plan: Plan
    rows: list[Row]
    merges: list[Merge]


def build_page(plan: Plan, cities: pd.DataFrame, values: dict[str, dict[str, Array]]) -> Page:
    """The table as its edition prints it.

    Parameters
    ----------
    plan : Plan
        Table, columns and edition.
    cities : pandas.DataFrame
        The cities this edition prints, in order, with ``name_zh`` and ``name_en`` as printed then.
    values : dict
        (n_cities,) by scope and column for the edition's data year, contract units, NaN is blank.
    """
    edition = plan.edition
    stated = [stated_values(plan, column, values[scope]) for column, scope in plan.columns]
    body = _body(plan, cities, stated)
    rows, merges = title_rows(plan)
    size = edition.continued or len(body)
    for block, start in enumerate(range(0, len(body), size)):
        if block:
            rows += [[None] * plan.width for _ in range(2)]
            more = f"{plan.label}  续表 {block}  continued {block}"
            rows.append([more] + [None] * (plan.width - 1))
        head, own = header_rows(plan)
        merges += [(r + len(rows), c, s + len(rows), d) for r, c, s, d in own]
        rows += head + body[start : start + size]
    notes = [edition.note] if edition.note else []
    rows += [[note] + [None] * (plan.width - 1) for note in [*notes, SYNTHETIC]]
    return Page(plan, rows, merges if edition.merged else [])


def stated_values(plan: Plan, column: Column, values: dict[str, Array]) -> Array:
    """Figures of a column in the unit its edition states, rounded to its digits."""
    unit = plan.unit(column)
    per_unit = factor(column.column, unit) if column.column in variables() else _other(unit)
    if per_unit is None:
        raise ValueError(f"{plan.edition.edition}: {unit} is no unit of {column.column}")
    return np.round(values[column.column] / per_unit, digits(plan, column))


def digits(plan: Plan, column: Column) -> int:
    """Decimals printed."""
    return plan.edition.decimals.get(column.column, column.decimals)


def _body(plan: Plan, cities: pd.DataFrame, stated: list[Array]) -> list[Row]:
    edition = plan.edition
    rows: list[Row] = []
    if edition.subtotal:
        totals = [
            np.nansum(figures) if column.additive else np.nan
            for (column, _), figures in zip(plan.columns, stated, strict=True)
        ]
        rows.append(_row(plan, ["合    计", "Total"], totals, as_text=edition.figures == "text"))
    province = ""
    for place, city in enumerate(cities.itertuples()):
        alone = city.province_code == city.city_code
        if city.province_code != province and not alone:
            names = [str(city.province_zh), str(city.province_en)]
            rows.append([*names[: plan.leading], *[None] * len(stated)])
        province = str(city.province_code)
        indent = "" if alone else edition.indent
        number = edition.figures == "numbers"
        number |= edition.figures == "mixed" and place % MIXED_NUMBERS == 0
        figures = [float(column[place]) for column in stated]
        names = [indent + str(city.name_zh), indent + str(city.name_en)]
        rows.append(_row(plan, names, figures, as_text=not number))
    return rows


def _row(plan: Plan, names: list[str], figures: list[float], as_text: bool) -> Row:
    cells: Row = [*names[: plan.leading]]
    comma = "," if plan.table in plan.edition.thousands else ""
    for (column, _), figure in zip(plan.columns, figures, strict=True):
        decimals = digits(plan, column)
        if np.isnan(figure):
            cells.append(None)
        elif as_text:
            cells.append(f"{figure:{comma}.{decimals}f}")
        else:
            cells.append(round(figure, decimals) if decimals else int(figure))
    return cells


def _other(unit: str) -> float:
    return {"万元": 0.01}.get(unit, 1.0)


BLANKS_OUTSIDE = 0.015  # share of values that cities outside the 120 do not report


def read_faults() -> list[dict[str, str]]:
    """Rows of ``faults.csv``: city_code, year, scope, variable, fault, factor, why."""
    with files(__package__).joinpath("faults.csv").open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def printed_values(world: World) -> dict[str, dict[str, Array]]:
    """Values as the yearbooks hold them, (N, T) by scope and variable; NaN is a blank cell.

    Typing errors and blanks of ``faults.csv`` are in, cities without districts have no districts
    values, and cities outside the 120 miss a few more.
    """
    values = {
        scope: {name: path.copy() for name, path in by_name.items()}
        for scope, by_name in world.printed.items()
    }
    row = {code: place for place, code in enumerate(world.cities["city_code"])}
    for fault in read_faults():
        at = row[fault["city_code"]], int(fault["year"]) - int(YEARS[0])
        path = values[fault["scope"]][fault["variable"]]
        path[at] = path[at] * float(fault["factor"]) if fault["fault"] == "times" else np.nan
    draws = Draws(world.seed, len(world.cities), len(YEARS))
    outside = ~world.cities["member"].to_numpy()
    for scope, by_name in values.items():
        for name, path in by_name.items():
            chance = draws.stream(f"blank {scope} {name}").random(path.shape)
            path[outside[:, None] & (chance < BLANKS_OUTSIDE)] = np.nan
    for path in values["districts"].values():
        path[~world.cities["has_districts"].to_numpy()] = np.nan
    return values
