"""The expected city-years of a study, with what the policy and the registry say of each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oib_pipeline.contract.errors import OibError
from oib_pipeline.contract.policies import DEMONSTRATION
from oib_pipeline.registry import Registry
from oib_pipeline.study import Study

COLUMNS = [
    "study",
    "city_code",
    "year",
    "city",
    "province",
    "region",
    "treated",
    "post",
    "did",
    "event_time",
    "capital",
    "border_change",
    "demonstration",
]


def design(study: Study, registry: Registry) -> pd.DataFrame:
    """Every expected city-year of a study: sample x years, less what the study excludes.

    ``event_time`` counts from the one start year of the cities under the policy, with or without
    it. An exclusion takes out the whole city when its mark stands in any year of the study: a
    border change or a second policy does not pass when its year does.

    Raises
    ------
    OibError
        Naming the study, where it does not fit the registry: a sample or policy that is not
        there, no city under the policy or none left to compare with, several start years, or no
        year of the study before the start or from it on.
    """
    try:
        return _design(study, registry)
    except OibError as error:
        raise OibError(f"study {study.name!r}: {error}") from error


def _design(study: Study, registry: Registry) -> pd.DataFrame:
    cities = _cities(study, registry)
    frame = cities.merge(pd.DataFrame({"year": study.year_list}), how="cross")
    frame.insert(0, "study", study.name)
    policy = registry.policy(study.policy).set_index("city_code")["start_year"].astype("int64")
    frame["treated"] = frame["city_code"].isin(policy.index).astype("int64")
    frame["border_change"] = _border_change(frame, registry)
    frame["demonstration"] = _demonstration(frame, registry)
    kept = _without(frame, study)
    treated = kept.loc[kept["treated"] == 1, "city_code"].unique()
    start = _one_start(study, policy.loc[treated])
    kept = kept.assign(event_time=kept["year"] - start)
    kept["post"] = (kept["event_time"] >= 0).astype("int64")
    kept["did"] = kept["treated"] * kept["post"]
    return kept[COLUMNS].sort_values(["city_code", "year"], ignore_index=True)


def _cities(study: Study, registry: Registry) -> pd.DataFrame:
    codes = registry.sample(study.sample)
    columns = {"name_en": "city", "province_en": "province"}
    known = registry.cities.set_index("city_code").rename(columns=columns)
    cities = known.loc[codes, ["city", "province", "region", "capital"]].reset_index()
    return cities.assign(capital=cities["capital"].fillna(0).astype("int64"))


def _one_start(study: Study, starts: pd.Series) -> int:
    """The start year that all treated cities of a study share, inside its years."""
    counts = starts.value_counts().sort_index()
    if len(counts) > 1:
        told = [f"{year} ({n} {'city' if n == 1 else 'cities'})" for year, n in counts.items()]
        raise OibError(
            f"the policy {study.policy!r} starts in {len(counts)} different "
            f"years in the sample {study.sample!r}: {', '.join(told)}. No estimator here fits "
            "that: each takes one start year for all. Make a study of each start year: list its "
            "cities in policies.csv under a policy name of their own, and in samples.csv as a "
            "sample without the cities of the other start years; or wait until estimators of "
            "staggered starts are there"
        )
    start, years = int(counts.index[0]), study.year_list
    if not years[0] < start <= years[-1]:
        side = "before it" if start <= years[0] else "from it on"
        raise OibError(
            f"the policy {study.policy!r} starts in {start}, and the "
            f"study's `years`, {years[0]}-{years[-1]}, hold none {side}. Take in years on both "
            "sides of the start"
        )
    return start


def _border_change(frame: pd.DataFrame, registry: Registry) -> np.ndarray:
    marks = pd.MultiIndex.from_frame(registry.borders[["city_code", "year"]].astype({"year": int}))
    return pd.MultiIndex.from_frame(frame[["city_code", "year"]]).isin(marks).astype("int64")


def _demonstration(frame: pd.DataFrame, registry: Registry) -> pd.Series:
    rows = registry.policies[registry.policies["policy"] == DEMONSTRATION]
    start = frame["city_code"].map(rows.set_index("city_code")["start_year"])
    return (frame["year"] >= start).astype("int64")


def _without(frame: pd.DataFrame, study: Study) -> pd.DataFrame:
    marked = frame[list(study.exclude)].eq(1).any(axis=1) if study.exclude else None
    kept = frame
    if marked is not None:
        kept = frame[~frame["city_code"].isin(frame.loc[marked, "city_code"])]
    for treated, what in ((1, f"under the policy {study.policy!r}"), (0, "to compare with")):
        if not kept["treated"].eq(treated).any():
            raise OibError(
                f"no city {what} is left in the sample {study.sample!r}"
                + (f" after excluding {', '.join(study.exclude)}" if study.exclude else "")
            )
    return kept
