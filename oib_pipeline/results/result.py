"""One result: its long table, the rows it must have, and what to say of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Result:
    """A result of a study.

    Attributes
    ----------
    frame
        Rows of the ``est_`` table.
    expected
        ``model``, ``outcome``, ``term`` of every row there must be.
    said
        What was estimated, in a few words.
    """

    frame: pd.DataFrame
    expected: pd.DataFrame
    said: str


def result(
    study: str, fits: Iterable[pd.DataFrame], expected: list[tuple[str, str, str]]
) -> Result:
    """The long tables of some fits as one result."""
    frame = pd.concat(list(fits), ignore_index=True)
    frame.insert(0, "study", study)
    models = frame[["model", "outcome"]].drop_duplicates()
    return Result(
        frame,
        pd.DataFrame(expected, columns=["model", "outcome", "term"]),
        f"{len(models)} models, {len(frame)} coefficients",
    )
