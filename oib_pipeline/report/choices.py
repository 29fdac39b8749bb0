"""What distinguishes the specifications of a curve: its choice columns, and words for them."""

from __future__ import annotations

import pandas as pd

NOT_CHOICES = {"study", "model", "outcome", "term", "convention", "strata", "note", "specification"}
OPTIONS = {"True": "yes", "False": "no", "None": "none", "": "none"}


def choices(frame: pd.DataFrame) -> list[str]:
    """Columns of text or yes/no that vary between specifications, in the frame's order."""
    return [
        name
        for name in frame.columns
        if name not in NOT_CHOICES
        and (frame[name].dtype == bool or not pd.api.types.is_numeric_dtype(frame[name]))
        and len(set(frame[name].astype(str))) > 1
    ]


def choice_words(name: str, option: str) -> tuple[str, str]:
    """A choice and one of its options, as people read them."""
    words = OPTIONS.get(option, option)
    return name.replace("_", " "), words.replace("_", " ")
