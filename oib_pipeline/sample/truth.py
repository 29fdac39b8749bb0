"""``truth.yml``: the effects the sample carries, to hold estimates against."""

from __future__ import annotations

import pandas as pd
import yaml

from oib_pipeline.sample.cities import POLICY, YEARS
from oib_pipeline.sample.effects import START
from oib_pipeline.sample.latent import World
from oib_pipeline.sample.process import Array

GENERATOR_VERSION = 1


def truth_table(world: World) -> dict[str, object]:
    """Effects on the treated by scope and outcome: mean, by year, by region, by city.

    Means are over treated cities and 2014-2018 unless a year is named. At whole-city scope they
    follow from the districts': the counties of a city are untouched.
    """
    return {
        "generator": "oib_pipeline.sample",
        "generator_version": GENERATOR_VERSION,
        "seed": world.seed,
        "policy": POLICY,
        "first_policy_year": START,
        "last_year": int(YEARS[-1]),
        "treated_cities": int(world.cities["treated"].sum()),
        "definition": "outcome with the policy minus outcome without it, same city and year",
        "effects": {
            scope: {outcome: _effect(world.cities, path) for outcome, path in by_outcome.items()}
            for scope, by_outcome in world.effects.items()
        },
    }


def truth_yaml(world: World) -> bytes:
    """The same as a YAML file."""
    text = yaml.safe_dump(truth_table(world), sort_keys=False, allow_unicode=True)
    return (
        b"# Synthetic data: the true effects that data/raw/sample-ccsy-* carry.\n" + text.encode()
    )


def _effect(cities: pd.DataFrame, path: Array) -> dict[str, object]:
    treated = cities["treated"].to_numpy()
    after = YEARS >= START
    by_year = path[treated].mean(axis=0)
    by_city = pd.Series(path[:, after].mean(axis=1), index=cities["city_code"])[treated]
    by_region = by_city.groupby(cities["region"].to_numpy()[treated]).mean()
    return {
        "mean": _rounded(float(by_city.mean())),
        "by_year": {
            int(year): _rounded(by_year[i]) for i, year in enumerate(YEARS) if year >= START
        },
        "by_region": {str(region): _rounded(value) for region, value in by_region.items()},
        "by_city": {str(code): _rounded(value) for code, value in by_city.items()},
    }


def _rounded(value: float) -> float:
    return round(float(value), 6)
