"""A small registry, a study of it, and made-up frames that fit both."""

import numpy as np
import pandas as pd
import pytest

from oib_pipeline.contract.variables import variables
from oib_pipeline.registry.names import Names
from oib_pipeline.registry.registry import Registry
from oib_pipeline.study import Study

CITIES = ["320300", "320400", "420600", "500000"]
YEARS = range(2012, 2017)


@pytest.fixture
def registry():
    cities = pd.DataFrame(
        {
            "city_code": CITIES,
            "name_zh": ["徐州市", "常州市", "襄阳市", "重庆市"],
            "name_en": ["Xuzhou", "Changzhou", "Xiangyang", "Chongqing"],
            "province_code": ["320000", "320000", "420000", "500000"],
            "province_zh": ["江苏省", "江苏省", "湖北省", "重庆市"],
            "province_en": ["Jiangsu", "Jiangsu", "Hubei", "Chongqing"],
            "region": ["East", "East", "Central", "West"],
            "capital": [0, 0, 0, 1],
            "first_year": np.nan,
            "last_year": np.nan,
        }
    )
    spellings = pd.DataFrame(columns=["name", "city_code", "first_year", "last_year"])
    return Registry(
        cities=cities,
        names=Names(cities, spellings),
        former_codes={},
        samples=pd.DataFrame({"sample": "four", "city_code": CITIES}),
        policies=pd.DataFrame(
            {
                "policy": ["moving", "moving", "demonstration_areas"],
                "city_code": ["320300", "500000", "420600"],
                "start_year": [2014, 2014, 2016],
                "document": "d",
            }
        ),
        documents=pd.DataFrame(),
        borders=pd.DataFrame({"city_code": ["320400"], "year": [2013]}),
    )


@pytest.fixture
def study():
    def make(**changes):
        fields = {
            "name": "small",
            "title": "t",
            "policy": "moving",
            "sample": "four",
            "scope": "whole_city",
            "years": [2012, 2016],
            "outcomes": ["ais", "theil"],
            "controls": ["ln_gdp_per_capita", "population_density"],
            "sources": ["ccsy", "csmar"],
        }
        return Study(**(fields | changes))

    return make


@pytest.fixture
def city_year():
    """Whole-city figures of every city and year, growing quietly."""
    rng = np.random.default_rng(7)
    keys = pd.MultiIndex.from_product([CITIES, YEARS], names=["city_code", "year"])
    frame = pd.DataFrame(index=keys).reset_index()
    frame.insert(0, "precedence", "ccsy > csmar")
    frame["scope"] = "whole_city"
    growth = 1.05 ** (frame["year"] - 2012)
    size = frame["city_code"].map(dict(zip(CITIES, (1.0, 2.0, 3.0, 9.0), strict=True)))
    for name in variables():
        frame[name] = np.nan
    for share, sector in zip((0.1, 0.5, 0.4), ("primary", "secondary", "tertiary"), strict=True):
        noise = rng.uniform(0.98, 1.02, len(frame))
        frame[f"{sector}_va_mcny"] = (share * 1e5 * size * growth * noise).round(2)
    frame["gdp_mcny"] = frame.filter(like="_va_mcny").sum(axis=1)
    employed = (30.0, 40.0, 30.0)
    for name, value in zip(("primary", "secondary", "tertiary"), employed, strict=True):
        frame[f"{name}_employment_pct"] = value
    frame["population_resident_k"] = (1000 * size * (1 + 0.001 * (frame["year"] - 2012))).round(1)
    frame["area_km2"] = (1e3 * size).round()
    frame["gdp_per_capita_cny"] = 1000 * frame["gdp_mcny"] / frame["population_resident_k"]
    return frame


@pytest.fixture
def sources(city_year):
    """``core_sources`` whose chosen values are those of ``city_year``."""
    keys = ["precedence", "city_code", "year", "scope"]
    long = city_year.melt(keys, list(variables()), "variable", "value").dropna(subset=["value"])
    long = long.sort_values([*keys[1:], "variable"], ignore_index=True)
    units = {"mcny": "百万元", "k_persons": "千人", "km2": "平方公里", "pct": "%", "cny": "元"}
    unit = long["variable"].map({n: units.get(v.unit, "个") for n, v in variables().items()})
    return long.assign(
        release="ccsy-2018",
        series="ccsy",
        edition="2018",
        file="panel.xlsx",
        sheet="2-1",
        cell=[f"C{row + 2}" for row in range(len(long))],
        text=long["value"].map(repr),
        stated_unit=unit,
        correction=None,
        chosen=True,
        reason="chosen: the only release that has it",
    )
