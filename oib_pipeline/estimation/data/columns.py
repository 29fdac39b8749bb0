"""Column and argument validation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from numbers import Real
from typing import Any

import numpy as np
import pandas as pd


def check_columns(data: pd.DataFrame, roles: Mapping[str, str]) -> None:
    """Raise unless every column of ``roles`` (name -> what it is used as) is there once."""
    if not isinstance(data, pd.DataFrame):
        raise ValueError(f"data must be a pandas DataFrame, not {type(data).__name__}")
    missing = [name for name in roles if name not in data.columns]
    if missing:
        wanted = ", ".join(f"{name!r} ({roles[name]})" for name in missing)
        there = ", ".join(str(name) for name in data.columns)
        raise ValueError(f"no column {wanted}; the columns are: {there}")
    if not data.columns.is_unique:
        twice = sorted({str(c) for c in data.columns[data.columns.duplicated()]} & set(roles))
        if twice:
            raise ValueError(f"column {twice[0]!r} is there more than once")


def column_names(names: Sequence[str] | str, role: str) -> tuple[str, ...]:
    """Return names as a tuple; one name may be given bare. Repeated names are refused."""
    listed = (names,) if isinstance(names, str) else tuple(names)
    for name in listed:
        if listed.count(name) > 1:
            raise ValueError(f"column {name!r} is listed twice among the {role}")
    return listed


def numbers(data: pd.DataFrame, name: str, role: str) -> np.ndarray:
    """Return a column as float64, missing values as NaN.

    Raises
    ------
    ValueError
        If the column holds text or dates, or an infinite value.
    """
    column = data[name]
    if not pd.api.types.is_numeric_dtype(column.dtype) or column.dtype.kind == "c":
        raise ValueError(f"column {name!r} ({role}) must hold numbers, not {column.dtype}")
    if isinstance(column.dtype, np.dtype):
        array = column.to_numpy().astype(np.float64, copy=False)
    else:
        array = column.to_numpy(dtype=np.float64, na_value=np.nan)
    if not np.isfinite(array).all():
        infinite = np.flatnonzero(np.isinf(array))
        if infinite.size:
            raise ValueError(
                f"column {name!r} ({role}) has {infinite.size} infinite value(s), the first in "
                f"row {data.index[infinite[0]]!r}; make them missing or repair them"
            )
    return array


def label_text(labels: pd.Index, position: int = 0) -> str:
    """Return a label as a person would write it."""
    return repr(labels[position : position + 1].tolist()[0])


def codes(data: pd.DataFrame, name: str, role: str) -> tuple[np.ndarray, pd.Index]:
    """Return integer codes of a column and its sorted labels; a missing label is refused."""
    labels: pd.Index
    column = data[name]
    values = column.to_numpy() if isinstance(column.dtype, np.dtype) else column
    if isinstance(values, np.ndarray) and values.dtype.kind == "i" and len(values):
        low, high = int(values.min()), int(values.max())
        if high - low <= len(values):
            return _close_codes(values.astype(np.int64, copy=False), low)
    code, unique = pd.factorize(values, sort=True)
    if (code < 0).any():
        row = data.index[int(np.flatnonzero(code < 0)[0])]
        raise ValueError(f"column {name!r} ({role}) has a missing value in row {row!r}")
    labels = pd.Index(unique)
    return code, labels


def _close_codes(values: np.ndarray, low: int) -> tuple[np.ndarray, pd.Index]:
    """Return codes and labels of whole numbers from ``low`` that lie close: counting sorts them."""
    place = values - low
    there = np.bincount(place) > 0
    code = np.cumsum(there) - 1
    return code[place], pd.Index(np.flatnonzero(there) + low)


def group_values(
    values: np.ndarray, group: np.ndarray, n_groups: int, name: str, kind: str
) -> np.ndarray:
    """Return one value a group, shape (n_groups,), of a row-wise variable fixed within each.

    Parameters
    ----------
    values : numpy.ndarray
        Shape (n,).
    group : numpy.ndarray
        Code of each row, shape (n,).
    n_groups : int
        Number of groups.
    name, kind : str
        The column and what a group is ("unit", "time"), for the message.
    """
    first = np.empty(n_groups, dtype=values.dtype)
    first[group[::-1]] = values[::-1]
    if not np.array_equal(first[group], values):
        raise ValueError(f"column {name!r} must have the same value in all rows of one {kind}")
    return first


def zero_one(values: np.ndarray, name: str, role: str) -> np.ndarray:
    """Return the values as booleans; anything but 0 and 1 is refused."""
    truth = values == 1.0
    if not np.array_equal(truth, values):
        odd = values[(values != 0) & (values != 1)]
        raise ValueError(f"column {name!r} ({role}) must hold only 0 and 1, not {odd[0]!r}")
    return truth


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
