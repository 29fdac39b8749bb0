"""What distinguishes the specifications of a curve: its choice columns, and words for them."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.labels import short

PREFIX = "choice_"
OPTIONS = {"True": "yes", "False": "no", "None": "none", "": "as in the baseline"}


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
