"""What an unknown header may mean: named to the person who decides, never filled into a row."""

from __future__ import annotations

import difflib
import re

from oib_pipeline.contract.units import factor
from oib_pipeline.contract.variables import variables
from oib_pipeline.extract.header import Column
from oib_pipeline.extract.layout import Layout
from oib_pipeline.extract.reading import Reading

_TOTAL = re.compile(r"/(?:合计|总计|总数|小计|全部)$")
HARMLESS = set("年末期单位全部总数人的实有当价格")
SECTORS = {"第一产业": "primary", "第二产业": "secondary", "第三产业": "tertiary"}
PARTS = {"gdp_mcny": ("va_mcny", "share_pct"), "employment_k": ("employment_k", "employment_pct")}
COUNTED = {
    "从业": "employment_k",
    "就业": "employment_k",
    "劳动者": "employment_k",
    "职工": "employment_k",
    "生产总值": "gdp_mcny",
    "GDP": "gdp_mcny",
    "增加值": "gdp_mcny",
}
# words that make another quantity of what they stand beside: an index of GDP is no GDP
_OTHER = re.compile(
    "指数|平减|增长|增速|增幅|同比|环比|实际|不变价|可比价|比重|占比|构成|人均|户均|地均|密度|率"
    "|index|deflator|growth|rate|real(?!e)|share|percentage|percapita|density"
)
ALIKE = 0.75  # how alike an unknown header must be to a known one to be taken for a slip of it


def another_quantity(key: str, known: str) -> bool:
    """Whether one of two headers says index, growth, share, per head or the like, and one not."""
    return set(_OTHER.findall(key)) != set(_OTHER.findall(known))


def likely(reading: Reading, column: Column, layout: Layout) -> dict[str, str]:
    """Variable, scope and table; empty where nothing is near.

    A known header with a scope's word before or after it; a variable whose label holds the header
    or is held by it, of those the table must have or its title speaks of; a known header that is
    almost the same.
    """
    for word, scope in layout.scopes.items():
        rest = column.key.replace(word, "", 1).strip("-_—()/:的")
        if word in column.key and rest in layout.headers:
            rule = layout.headers[rest][0]
            if rule.variable:
                return {"variable": rule.variable, "scope": scope, "unit": rule.unit}
    if name := _sector(reading, column):
        return {"variable": name, "table": reading.rule.title if reading.rule else ""}
    whole = _TOTAL.sub("", column.key)
    joined = whole.replace("/", "")  # a heading broken into two lines
    if "/" in whole and joined not in layout.headers:
        return {}  # a part of what the heading above it names
    whole = joined
    if whole != column.key and whole in layout.headers:
        rule = layout.headers[whole][0]
        return {"variable": rule.variable} if rule.variable else {}
    if name := _by_label(reading, column, whole):
        table = reading.rule.title if reading.rule else ""
        return {
            "variable": name,
            "table": table if column.key != variables()[name].label_zh else "",
        }
    close = difflib.get_close_matches(column.key, list(layout.headers), n=3, cutoff=ALIKE)
    alike = [key for key in close if not another_quantity(column.key, key)]
    rules = [rule for key in alike[:1] for rule in layout.headers[key] if rule.variable]
    return {"variable": rules[0].variable} if rules else {}


def _sector(reading: Reading, column: Column) -> str:
    """The variable of a sector whose heading or title says what is counted; blank for no other.

    By its unit, or the one over the table, it is a level or a share.
    """
    zh = next((name for name in SECTORS if name in column.key), "")
    over = re.sub("产业", "", f"{reading.title.printed} {column.key}")
    wholes = {whole for word, whole in COUNTED.items() if word in over}
    if not zh or len(wholes) != 1 or set(column.key.rpartition("/")[2]) - set(zh + "#其中:"):
        return ""
    units = tuple(unit for unit in (column.units or reading.title.units) if unit)
    units = units or tuple(
        unit
        for other in reading.columns
        if other.variable in wholes
        for unit in other.units
        if unit
    )
    return sector_of(wholes.pop(), zh, units) if units else ""


def _only_adds(word: str, label: str) -> bool:
    """Whether a header is a label with words that make no other quantity of it."""
    return label in word and set(word.replace(label, "", 1)) <= HARMLESS


def _by_label(reading: Reading, column: Column, key: str) -> str:
    """The one variable whose label fits header and title; blank where several do, or none."""
    rule = reading.rule
    needs = {n.partition("@")[0] for need in (rule.requires if rule else ()) for n in need}
    title = rule.title if rule else reading.title.printed
    words = {key, re.sub(r"\(.*?\)", "", key)} - {""}
    shared: dict[str, int] = {}
    for name, variable in sorted(variables().items()):
        label = variable.label_zh
        word = next((w for w in words if w in label or _only_adds(w, label)), "")
        fits = not column.units or any(factor(name, unit) is not None for unit in column.units)
        same = not another_quantity(key, label)
        if word and fits and same and (name in needs or not needs):
            rest = set(label.replace(word, "", 1)) - set("产业的数")
            shared[name] = len(rest & set(title)) + (1 if name in needs or not rest else 0)
    best = max(shared.values(), default=0)
    found = [name for name, count in shared.items() if count == best and best > 0]
    return found[0] if len(found) == 1 else ""


def sector_of(whole: str, word: str, units: tuple[str, ...]) -> str:
    """The variable of a sector named below the heading of the whole economy; blank for no sector.

    By its unit it is a level or a share of the whole.
    """
    found = next((name for zh, name in SECTORS.items() if zh in word), "")
    if not found or whole not in PARTS:
        return ""
    names = [f"{found}_{end}" for end in PARTS[whole]]
    fits = [n for n in names if any(factor(n, unit) is not None for unit in units if unit)]
    return (fits or names)[0]
