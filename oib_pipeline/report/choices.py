"""What distinguishes the specifications of a curve: its choice columns, and words for them."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.called import Called
from oib_pipeline.report.labels import short

PREFIX = "choice_"
OPTIONS = {"True": "yes", "False": "no", "None": "none", "": "as in the baseline"}
MEANINGS = {
    "without employment jumps": (
        "Without employment jumps: without cities where a sector’s share of employment moves by "
        "more than 10 points in a year, as it does when a source counts other workers."
    ),
}
DEMONSTRATION = "demonstration areas controlled"


def meanings(frame: pd.DataFrame, panel: pd.DataFrame, called: Called) -> list[str]:
    """What options that do not explain themselves mean, where the frame takes them."""
    taken = {option for listed in options(frame).values() for option in listed}
    said = [text for option, text in MEANINGS.items() if option in taken]
    return [*said, *([_demonstration(panel, called)] if DEMONSTRATION in taken else [])]


def _demonstration(panel: pd.DataFrame, called: Called) -> str:
    """When and where the demonstration areas are in force, beside the study's own policy."""
    under = panel[panel["demonstration"] == 1]
    later = under["year"].min() > panel.loc[panel["did"] == 1, "year"].min()
    groups = set(under["treated"])
    where = {1: called.many, 0: "other cities"}
    place = f"{called.many} and others alike" if len(groups) > 1 else where[groups.pop()]
    return (
        f"Demonstration areas: {'a later' if later else 'another'} policy in force in {place}; "
        "controlled for, or their cities left out."
    )


def choices(frame: pd.DataFrame) -> list[str]:
    """Columns ``choice_<dimension>`` that vary between specifications, in the frame's order."""
    return [
        name
        for name in frame.columns
        if name.startswith(PREFIX) and len(set(frame[name].astype(str))) > 1
    ]


def options(frame: pd.DataFrame) -> dict[str, list[str]]:
    """Options of each choice that varies, in the order the frame first takes them."""
    return {name: list(dict.fromkeys(frame[name].astype(str))) for name in choices(frame)}


def choice_words(name: str, option: str) -> tuple[str, str]:
    """A choice and one of its options, as people read them."""
    dimension = name.removeprefix(PREFIX).replace("_", " ")
    words = (short(word) if "_" in word else word for word in OPTIONS.get(option, option).split())
    return dimension, " ".join(words).replace("_", " ")
