"""Counts with their nouns, for every message and sentence."""

from __future__ import annotations

from collections.abc import Sized


def plural(count: int, noun: str, many: str = "") -> str:
    """A count with its noun: 1 city, 2 cities."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def noun(of: Sized, one: str, many: str = "") -> str:
    """The noun alone, for one or for none and several: Outcome, Outcomes."""
    return one if len(of) == 1 else many or one + "s"
