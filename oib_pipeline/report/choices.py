"""What distinguishes the specifications of a curve: its choice columns, and words for them."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.labels import short

PREFIX = "choice_"
OPTIONS = {"True": "yes", "False": "no", "None": "none", "": "as in the baseline"}
MEANINGS = {
    "without employment jumps": (
        "Without employment jumps: without cities where a sector’s share of employment moves by "
        "more than 10 points in a year, as it does when a source counts other workers."
    ),
    "demonstration areas controlled": (
        "Demonstration areas: a later policy in force in pilots and others alike; controlled for, "
        "or their cities left out."
    ),
}


def meanings(frame: pd.DataFrame) -> list[str]:
    """What options that do not explain themselves mean, where the frame takes them."""
    taken = {option for listed in options(frame).values() for option in listed}
    return [text for option, text in MEANINGS.items() if option in taken]


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
