"""Arguments that are no columns, checked; every refusal names the argument and what is allowed."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Real
from typing import Any


def whole_number(value: Any, name: str, least: int | None = None) -> int:
    """Return ``value`` as an int; anything but a whole number of at least ``least`` is refused.

    Raises
    ------
    ValueError
        Text, a truth value, nothing, NaN, a fraction or too small a number.
    """
    whole = (
        isinstance(value, Real)
        and not isinstance(value, bool)
        and float(value).is_integer()
        and (least is None or float(value) >= least)
    )
    if not whole:
        kind = {None: "a", 0: "a non-negative", 1: "a positive"}.get(least, "a")
        raise ValueError(f"{name} must be {kind} whole number, not {value!r}")
    return int(value)


def whole_numbers(values: Any, name: str) -> list[int]:
    """Return several whole numbers as a list; a single one must be given as a list too."""
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise ValueError(f"{name} must be a sequence of whole numbers, not {values!r}")
    return [whole_number(value, name) for value in values]
