"""Where sources disagree: values passed over that differ from the chosen one."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from oib_pipeline.contract.variables import variables
from oib_pipeline.panel.harmonise import KEY
from oib_pipeline.panel.precision import place, rounding

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
    shared = sources[sources.duplicated(key, keep=False) & sources["value"].notna()]
    rows = shared.assign(place=place(shared), half=rounding(shared))
    picked = ["release", "value", "place", "half"]
    chosen = rows.loc[rows["chosen"].astype(bool), [*key, *picked]]
    chosen = chosen.rename(columns={name: f"chosen_{name}" for name in picked})
    pairs = rows[~rows["chosen"].astype(bool)].merge(chosen, on=key, how="inner")
    gap = (pairs["value"] - pairs["chosen_value"]).abs()
    size = np.maximum(pairs["value"].abs(), pairs["chosen_value"].abs())
    kinds = pairs["variable"].map({name: spec.kind for name, spec in variables().items()})
    relative = kinds.map({kind: pair[0] for kind, pair in tolerances().items()}).astype("float64")
    absolute = kinds.map({kind: pair[1] for kind, pair in tolerances().items()}).astype("float64")
    allowed = np.maximum(relative * size, absolute) + pairs["half"] + pairs["chosen_half"]
    pairs["relative_difference"] = (gap / size.where(size > 0)).fillna(0.0)
    return pairs.loc[gap > allowed, COLUMNS].reset_index(drop=True)
