"""The expected city-years of a study, with what the policy and the registry say of each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oib_pipeline.contract.errors import OibError
from oib_pipeline.registry import Registry
from oib_pipeline.study import Study

DEMONSTRATION = "demonstration_areas"
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

    ``event_time`` counts from the city's own first policy year, for a city without the policy
    from the policy's earliest. An exclusion takes out the whole city when its mark stands in any
    year of the study: a border change or a second policy does not pass when its year does.

    Raises
    ------
    OibError
        When no city of the sample is under the policy, or none is left to compare with.
    """
    cities = _cities(study, registry)
    frame = cities.merge(pd.DataFrame({"year": study.year_list}), how="cross")
    frame.insert(0, "study", study.name)
    start = _starts(study, registry)
    own = frame["city_code"].map(start)
    frame["treated"] = own.notna().astype("int64")
    frame["event_time"] = (frame["year"] - own.fillna(start.min())).astype("int64")
    frame["post"] = (frame["event_time"] >= 0).astype("int64")
    frame["did"] = frame["treated"] * frame["post"]
    frame["border_change"] = _border_change(frame, registry)
    frame["demonstration"] = _demonstration(frame, registry)
    kept = _without(frame[COLUMNS], study)
    return kept.sort_values(["city_code", "year"], ignore_index=True)


def _cities(study: Study, registry: Registry) -> pd.DataFrame:
    codes = registry.sample(study.sample)
    columns = {"name_en": "city", "province_en": "province"}
    known = registry.cities.set_index("city_code").rename(columns=columns)
    cities = known.loc[codes, ["city", "province", "region", "capital"]].reset_index()
    return cities.assign(capital=cities["capital"].fillna(0).astype("int64"))


def _starts(study: Study, registry: Registry) -> pd.Series:
    return registry.policy(study.policy).set_index("city_code")["start_year"].astype("int64")


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
                f"study {study.name!r}: no city {what} is left in the sample {study.sample!r}"
                + (f" after excluding {', '.join(study.exclude)}" if study.exclude else "")
            )
    return kept
