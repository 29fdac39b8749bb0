"""Counts with their nouns and p-values, for every message, sentence and table."""

from __future__ import annotations

import math
from collections.abc import Sized

MISSING = "n.a."


def plural(count: int, noun: str, many: str = "") -> str:
    """A count with its noun: 1 city, 2 cities."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def noun(of: Sized, one: str, many: str = "") -> str:
    """The noun alone, for one or for none and several: Outcome, Outcomes."""
    return one if len(of) == 1 else many or one + "s"


def p_value(p: float) -> str:
    """A p-value to three decimals; ``<0.001``, never 0.000; ``n.a.`` where undefined."""
    try:
        defined = math.isfinite(p)
    except TypeError:  # None, or pandas' missing value
        defined = False
    if not defined:
        return MISSING
    return "<0.001" if p < 0.001 else f"{p:.3f}"
