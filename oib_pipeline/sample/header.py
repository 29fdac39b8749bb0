"""The rows above the figures: title, unit row, header rows, in the edition's own manner."""

from __future__ import annotations

from oib_pipeline.sample.catalogue import Column, tables
from oib_pipeline.sample.editions import Edition
from oib_pipeline.sample.plan import SCOPE_ZH, Plan

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
