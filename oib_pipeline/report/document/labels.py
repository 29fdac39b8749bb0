"""Names of variables and methods; safe text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache

from oib_pipeline.contract.variables import variables
from oib_pipeline.indices.indicators import INDICATORS
from oib_pipeline.report.document.treated import Called

METHODS = {
    "nearest": "nearest neighbour",
    "kernel": "kernel",
    "radius": "radius",
}
MATCHED_ON = {
    "unit": "Cities matched once, on their means before the policy",
    "unit-time": "City-years matched one by one (stacked)",
}
INFERENCE = {
    "CR0": "CR0",
    "convention": "This report’s convention",
    "PanelOLS default": "PanelOLS default",
    "wild bootstrap (rademacher)": "Wild bootstrap, Rademacher",
    "wild bootstrap (webb)": "Wild bootstrap, Webb",
    "permutation (t)": "Permutation of t",
    "permutation (coefficient)": "Permutation of the estimate",
    "permutation (t), within regions": "Permutation of t, within regions",
    "permutation (t), by capital": "Permutation of t, capitals apart",
}


def inference_words(method: str) -> str:
    """A way of judging an estimate's error, in words."""
    return INFERENCE.get(method, method)


def method_words(method: str) -> str:
    """A way of matching in words; one nobody described stands for itself."""
    return METHODS.get(method, method)


def matched_on_words(kind: str) -> str:
    """What was matched, in words."""
    return MATCHED_ON.get(kind, kind)


# Han characters, their punctuation and full-width forms.
CHINESE = re.compile(r"[\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]+")

# How text refers to a table, a figure or a section.
REFERENCE = re.compile(r"\[\[([a-z0-9_-]+)\]\]")


def resolve(text: str, words: dict[str, str]) -> str:
    """Text with each ``[[name]]`` replaced by what it is called."""
    return REFERENCE.sub(lambda found: words.get(found[1], found[0]), text)


def visible(text: str) -> str:
    """The text with control and direction characters written out as ``[U+202E]``.

    A right-to-left mark in a name would otherwise turn round the text that follows it, and a
    zero-width space would make two names look alike.
    """
    return text if text.isprintable() else "".join(_shown(character) for character in text)


def listing(items: list[str]) -> str:
    """Items as a sentence lists them: a, b and c."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def capital(text: str) -> str:
    """The text with its first letter large, the rest as it is."""
    return text[:1].upper() + text[1:]


def _shown(character: str) -> str:
    if character == "\n" or unicodedata.category(character) not in ("Cc", "Cf", "Co", "Cs"):
        return character
    return " " if character in "\t\r" else f"[U+{ord(character):04X}]"


TREATMENT = "did"
SCOPES = {"whole_city": "whole city"}
TREATED_CITY = Called()
_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")


@dataclass(frozen=True)
class Label:
    """How one variable is called.

    ``better`` is "higher" or "lower" where one of them is an improvement, and ``improvement`` what
    that means; ``reading`` explains the scale in a sentence, and ``topic`` is what several
    variables are about together.
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
    topic: str = ""


_TREATMENT = Label(
    TREATMENT,
    "{Kind} × after",
    "{Kind} city × after the policy began",
    "0 or 1",
    "1 in a {kind} city from the year the policy began there and 0 otherwise",
)


def label(name: str, called: Called = TREATED_CITY) -> Label:
    """Words for a column or a model term; a name nobody described stands for itself.

    ``called``: what terms of the treatment call a city under the policy.
    """
    known = _labels()
    kind = capital(called.kind)
    if name == TREATMENT:
        words = known[name]
        texts = (words.short, words.label, words.definition)
        said = (text.format(kind=called.kind, Kind=kind) for text in texts)
        return replace(words, **dict(zip(("short", "label", "definition"), said, strict=True)))
    if name in known:
        return known[name]
    year = re.fullmatch(r"(?:year=|treated_x_)(\d{4})", name)
    if year:
        return Label(name, f"{kind} × {year[1]}", f"{kind} city in {year[1]}")
    event = re.fullmatch(r"event_time=(-?\d+)", name)
    if event:
        text = f"{kind} city, years since the policy"
        return Label(name, f"{kind} × year {int(event[1]):+d}", text)
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


def short(name: str, called: Called = TREATED_CITY) -> str:
    """The short name, as a table's column or a figure's axis has it."""
    return label(name, called).short


def named(name: str) -> str:
    """A variable inside a sentence: its label, with the short name where that lacks it."""
    words = label(name)
    text = words.label[0].lower() + words.label[1:]
    return text if words.short in text else f"{text} ({words.short})"


def topic(names: Sequence[str]) -> str:
    """What some variables are about, inside a sentence: what they are together, or each."""
    shared = {label(name).topic for name in names}
    if len(names) > 1 and len(shared) == 1 and (one := next(iter(shared))):
        return one
    return listing([named(name) for name in names])


def outcomes_in_words(text: str, outcomes: Iterable[str]) -> str:
    """A line with the columns of outcomes as the tables call them."""
    for outcome in sorted(outcomes, key=len, reverse=True):
        text = re.sub(rf"\b{re.escape(outcome)}\b", label(outcome).short, text)
    return text


def in_words(text: str) -> str:
    """Text with names of columns replaced by what they are called."""
    return _NAME.sub(lambda found: _called(found[0]), text)


def _called(name: str) -> str:
    if name in SCOPES:
        return SCOPES[name]
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
    return {**described, TREATMENT: _TREATMENT}
