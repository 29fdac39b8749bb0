"""What a yearbook gets wrong: typing errors and blanks, set down in ``faults.csv``."""

from __future__ import annotations

import csv
from importlib.resources import files

import numpy as np

from oib_pipeline.sample.cities import YEARS
from oib_pipeline.sample.latent import World
from oib_pipeline.sample.process import Array, Draws

BLANKS_OUTSIDE = 0.015  # share of values that cities outside the 120 do not report


def read_faults() -> list[dict[str, str]]:
    """Rows of ``faults.csv``: city_code, year, scope, variable, fault, factor, why."""
    with files(__package__).joinpath("faults.csv").open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def printed_values(world: World) -> dict[str, dict[str, Array]]:
    """Values as the yearbooks hold them, (N, T) by scope and variable; NaN is a blank cell.

    Typing errors and blanks of ``faults.csv`` are in, cities without districts have no districts
    values, and cities outside the 120 miss a few more.
    """
    values = {
        scope: {name: path.copy() for name, path in by_name.items()}
        for scope, by_name in world.values.items()
    }
    row = {code: place for place, code in enumerate(world.cities["city_code"])}
    for fault in read_faults():
        at = row[fault["city_code"]], int(fault["year"]) - int(YEARS[0])
        path = values[fault["scope"]][fault["variable"]]
        path[at] = path[at] * float(fault["factor"]) if fault["fault"] == "times" else np.nan
    draws = Draws(world.seed, len(world.cities), len(YEARS))
    outside = ~world.cities["member"].to_numpy()
    for scope, by_name in values.items():
        for name, path in by_name.items():
            chance = draws.stream(f"blank {scope} {name}").random(path.shape)
            path[outside[:, None] & (chance < BLANKS_OUTSIDE)] = np.nan
    for path in values["districts"].values():
        path[~world.cities["has_districts"].to_numpy()] = np.nan
    return values
