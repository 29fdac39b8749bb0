"""What distinguishes the specifications of a curve: its choice columns, and words for them."""

from __future__ import annotations

import pandas as pd

PREFIX = "choice_"
OPTIONS = {"True": "yes", "False": "no", "None": "none", "": "as in the baseline"}


def choices(frame: pd.DataFrame) -> list[str]:
    """Columns ``choice_<dimension>`` that vary between specifications, in the frame's order."""
    return [
        name
        for name in frame.columns
        if name.startswith(PREFIX) and len(set(frame[name].astype(str))) > 1
    ]


def choice_words(name: str, option: str) -> tuple[str, str]:
    """A choice and one of its options, as people read them."""
    dimension = name.removeprefix(PREFIX).replace("_", " ")
    return dimension, OPTIONS.get(option, option).replace("_", " ")
