"""What an unknown header probably means, for the row that its error writes out."""

from __future__ import annotations

import difflib
import re

from oib_pipeline.contract.units import factor
from oib_pipeline.contract.variables import variables
from oib_pipeline.extract.header import Column
from oib_pipeline.extract.layout import Layout
from oib_pipeline.extract.reading import Reading

ALIKE = 0.75  # how alike an unknown header must be to a known one to be taken for a slip of it


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
    if name := _by_label(reading, column):
        table = reading.rule.title if reading.rule else ""
        return {
            "variable": name,
            "table": table if column.key != variables()[name].label_zh else "",
        }
    close = difflib.get_close_matches(column.key, list(layout.headers), n=1, cutoff=ALIKE)
    rules = [rule for key in close for rule in layout.headers[key] if rule.variable]
    return {"variable": rules[0].variable} if rules else {}


def _by_label(reading: Reading, column: Column) -> str:
    """The one variable whose label fits header and title; blank where several do, or none."""
    rule = reading.rule
    needs = {n.partition("@")[0] for need in (rule.requires if rule else ()) for n in need}
    title = rule.title if rule else reading.title.printed
    words = {column.key, re.sub(r"\(.*?\)", "", column.key)} - {""}
    shared: dict[str, int] = {}
    for name, variable in sorted(variables().items()):
        label = variable.label_zh
        word = next((w for w in words if w in label or label in w), "")
        fits = not column.units or any(factor(name, unit) is not None for unit in column.units)
        if word and fits and (name in needs or not needs):
            rest = set(label.replace(word, "", 1)) - set("产业的数")
            shared[name] = len(rest & set(title)) + (1 if name in needs or not rest else 0)
    best = max(shared.values(), default=0)
    found = [name for name, count in shared.items() if count == best and best > 0]
    return found[0] if len(found) == 1 else ""
