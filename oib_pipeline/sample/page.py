"""One table of one edition as a grid of cells: blocks, province rows, totals, notes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from oib_pipeline.contract.units import factor
from oib_pipeline.contract.variables import variables
from oib_pipeline.sample.catalogue import Column
from oib_pipeline.sample.header import Merge, Row, header_rows, title_rows
from oib_pipeline.sample.plan import Plan
from oib_pipeline.sample.process import Array

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
