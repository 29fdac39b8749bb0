"""Words for variables: the short name, the label, the unit and the definition of each."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import cache

from oib_pipeline.contract.variables import variables
from oib_pipeline.indices.indicators import INDICATORS

_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")


@dataclass(frozen=True)
class Label:
    """How one variable is called.

    ``better`` is "higher" or "lower" where one of them is meant to be an improvement, and
    ``improvement`` what that means; ``reading`` explains the scale in a sentence, and ``note``
    is one for the foot of the table of variables.
    """

    name: str
    short: str
    label: str
    unit: str = ""
    definition: str = ""
    label_zh: str = ""
    reading: str = ""
    better: str = ""
    improvement: str = ""
    note: str = ""


TREATMENT = Label(
    "did",
    "Pilot × after",
    "Pilot city × after the policy began",
    "0 or 1",
    "1 in a pilot city from the year the policy began there and 0 otherwise",
)


def label(name: str) -> Label:
    """Words for a column or a model term; a name nobody described stands for itself."""
    known = _labels()
    if name in known:
        return known[name]
    year = re.fullmatch(r"(?:year=|treated_x_)(\d{4})", name)
    if year:
        return Label(name, f"Pilot × {year[1]}", f"Pilot city in {year[1]}")
    event = re.fullmatch(r"event_time=(-?\d+)", name)
    if event:
        return Label(name, f"Pilot × year {int(event[1]):+d}", "Pilot city, years since the policy")
    if name in variables():
        printed = variables()[name]
        return Label(
            name,
            printed.label_en,
            printed.label_en,
            printed.unit,
            printed.description,
            printed.label_zh,
        )
    return Label(name, name, name)


def short(name: str) -> str:
    """The short name, as a table's column or a figure's axis has it."""
    return label(name).short


def in_words(text: str) -> str:
    """Text with names of columns replaced by what they are called."""
    return _NAME.sub(lambda found: _called(found[0]), text)


def _called(name: str) -> str:
    if name in _labels():
        return _labels()[name].short.lower()
    known = variables().get(name)
    return name if known is None else known.label_en.lower().replace("grp", "GRP")


def convention_words(convention: str) -> str:
    """How standard errors were computed, set as print sets it."""
    text = convention.replace(" x ", " \u00d7 ").replace("city_code", "city")
    return re.sub(r"(?<=[GnkN])-(?=[1kTN])|(?<=k)-(?=[T1N])", "\u2212", text)


def convention_without_df(convention: str) -> str:
    """The same without its degrees of freedom, for models whose clusters differ in number."""
    return convention_words(convention).partition("; t with")[0] + "; t with G\u22121 df"


def base_words(base: str) -> str:
    """What effects by year are measured against, in words."""
    found = re.fullmatch(r"event time -1 \(\w+ (\d{4})\)", base)
    if found:
        return f"{found[1]}, the year before the policy began"
    return re.sub(r"^mean of \w+ (\d{4})-(\d{4})$", "the mean of \\1\u2013\\2", base)


@cache
def _labels() -> dict[str, Label]:
    names = [field.name for field in fields(Label)]
    described = {
        name: Label(**{field: getattr(indicator, field) for field in names})
        for name, indicator in INDICATORS.items()
    }
    return {**described, TREATMENT.name: TREATMENT}
