"""Counts with their nouns, for every message and sentence."""

from __future__ import annotations


def plural(count: int, noun: str, many: str = "") -> str:
    """A count with its noun: 1 city, 2 cities."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"
