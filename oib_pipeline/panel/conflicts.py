"""Where sources disagree: values passed over that differ from the chosen one."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from oib_pipeline.contract.variables import variables
from oib_pipeline.panel.candidates import KEY, place, rounding

COLUMNS = [
    "precedence",
    *KEY,
    "release",
    "value",
    "place",
    "chosen_release",
    "chosen_value",
    "chosen_place",
    "relative_difference",
]


@cache
def tolerances() -> dict[str, tuple[float, float]]:
    """Relative and absolute tolerance by kind of variable, from ``tolerances.csv``."""
    text = files(__package__).joinpath("tolerances.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return {row["kind"]: (float(row["relative"]), float(row["absolute"])) for row in rows}


def conflicts(sources: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``core_conflicts``: both values and both cells.

    Two values conflict when they differ by more than the tolerance of their kind of variable and
    by more than the rounding of both as printed.

    Parameters
    ----------
    sources
        Rows of ``core_sources``.
    """
    key = ["precedence", *KEY]
    picked = ["release", "file", "sheet", "cell", "text", "stated_unit", "value"]
    right = sources["chosen"].astype(bool)
    passed = sources.loc[~right & sources["value"].notna(), [*key, *picked]]
    pairs = passed.merge(sources.loc[right, [*key, *picked]], on=key, suffixes=("", "_chosen"))
    pairs = pairs[_gap(pairs) > _tolerated(pairs)]
    other = pairs[[*key, *(f"{name}_chosen" for name in picked)]]
    chosen = other.rename(columns={f"{name}_chosen": name for name in picked})
    pairs = pairs.assign(
        place=place(pairs),
        chosen_place=place(chosen),
        chosen_release=chosen["release"],
        chosen_value=chosen["value"],
        relative_difference=(_gap(pairs) / _size(pairs)).fillna(0.0),
    )
    beyond = _gap(pairs) > _tolerated(pairs) + rounding(pairs) + rounding(chosen)
    return pairs.loc[beyond, COLUMNS].reset_index(drop=True)


def _gap(pairs: pd.DataFrame) -> pd.Series:
    return (pairs["value"] - pairs["value_chosen"]).abs()


def _size(pairs: pd.DataFrame) -> pd.Series:
    return pairs[["value", "value_chosen"]].abs().max(axis=1)


def _tolerated(pairs: pd.DataFrame) -> pd.Series:
    """What the kind of variable allows."""
    names = {name: tolerances()[spec.kind] for name, spec in variables().items()}
    relative = pairs["variable"].map({name: pair[0] for name, pair in names.items()})
    absolute = pairs["variable"].map({name: pair[1] for name, pair in names.items()})
    return np.maximum(relative.astype("float64") * _size(pairs), absolute.astype("float64"))
