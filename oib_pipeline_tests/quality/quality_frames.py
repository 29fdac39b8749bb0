"""Small good slices of every table, to plant faults in."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oib_pipeline.contract.tables import tables
from oib_pipeline.contract.variables import variables
from oib_pipeline.quality import Outcome

YEARS = range(2010, 2019)
CITIES = [f"{code:06d}" for code in range(320100, 321300, 100)]
TREATED = CITIES[:5]
STARTS = dict.fromkeys(TREATED, 2014)
PRECEDENCE = "ccsy (synthetic)"
SCOPE = "districts"
RELEASE = "sample-ccsy"
READ = {
    "gdp_mcny": ("亿元", 100.0),
    "primary_va_mcny": ("万元", 0.01),
    "secondary_va_mcny": ("万元", 0.01),
    "tertiary_va_mcny": ("万元", 0.01),
    "primary_employment_k": ("万人", 10.0),
    "secondary_employment_k": ("万人", 10.0),
    "tertiary_employment_k": ("万人", 10.0),
}


def of(outcomes: list[Outcome], check: str, table: str | None = None) -> Outcome:
    """The outcome of one check."""
    found = [o for o in outcomes if o.check == check and table in (None, o.table)]
    assert len(found) == 1, [(o.table, o.check) for o in outcomes]
    return found[0]


def failed(outcomes: list[Outcome]) -> set[str]:
    """Names of the checks that failed."""
    return {outcome.check for outcome in outcomes if not outcome.passed}


def complete(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with every further column of the contract, missing."""
    return frame.reindex(
        columns=[*tables()[table].columns, *(c for c in frame if c not in tables()[table].columns)]
    )


def city_year() -> pd.DataFrame:
    """Every city and year at one scope, with sector figures that follow smooth trends."""
    index = pd.MultiIndex.from_product([CITIES, YEARS], names=["city_code", "year"])
    frame = index.to_frame(index=False)
    frame.insert(0, "precedence", PRECEDENCE)
    frame["scope"] = SCOPE
    city = frame.groupby("city_code").ngroup()
    year = frame["year"] - 2010
    frame["primary_va_mcny"] = 1000.0 + 10 * city
    frame["secondary_va_mcny"] = 9000.0 + 70 * city + 100 * year
    frame["tertiary_va_mcny"] = 8000.0 + 90 * city + 300 * year
    parts = ["primary_va_mcny", "secondary_va_mcny", "tertiary_va_mcny"]
    frame["gdp_mcny"] = frame[parts].sum(axis=1)
    frame["primary_employment_k"] = 300.0 - year
    frame["secondary_employment_k"] = 400.0 + city
    frame["tertiary_employment_k"] = 350.0 + 5 * year
    return complete("core_city_year", frame)


def sources() -> pd.DataFrame:
    """The chosen values behind ``city_year``, each with a cell of its own."""
    key = ["precedence", "city_code", "year", "scope"]
    long = city_year().melt(key, list(variables()), "variable", "value").dropna(subset="value")
    long = long.sort_values([*key, "variable"], ignore_index=True)
    long["release"], long["series"], long["edition"] = RELEASE, "ccsy", "2019"
    long["file"], long["sheet"] = "districts.xlsx", "2-10"
    long["cell"] = [f"C{row + 5}" for row in range(len(long))]
    unit = long["variable"].map({name: unit for name, (unit, _) in READ.items()})
    factor = long["variable"].map({name: factor for name, (_, factor) in READ.items()})
    long["stated_unit"] = unit
    long["text"] = (long["value"] / factor).map(repr)
    long["chosen"], long["reason"] = True, "chosen: the only release that has it"
    return complete("core_sources", long)


def observations() -> pd.DataFrame:
    """What was read before ``sources``."""
    frame = sources().rename(columns={"stated_unit": "unit"})
    frame["value"] = frame["text"].astype(float)
    frame["row_label"], frame["header"] = "  南京市", "第一产业 <b>Primary</b>"
    return complete("raw_observations", frame[[*tables()["raw_observations"].columns]])


def releases() -> pd.DataFrame:
    """The one release of ``observations``."""
    row = {
        "release": RELEASE,
        "series": "ccsy",
        "edition": "2019",
        "synthetic": True,
        "publisher": "nobody",
        "licence": "CC0",
        "source": "made up",
        "first_year": 2010,
        "last_year": 2018,
        "n_files": 1,
        "digest": "0" * 64,
    }
    return complete("raw_releases", pd.DataFrame([row]))


def indices() -> pd.DataFrame:
    """AIS and Theil of ``city_year``."""
    panel = city_year()
    frame = panel[["precedence", "city_code", "year", "scope"]].copy()
    sectors = ("primary", "secondary", "tertiary")
    output = panel[[f"{name}_va_mcny" for name in sectors]].to_numpy()
    employed = panel[[f"{name}_employment_k" for name in sectors]].to_numpy()
    y = output / output.sum(axis=1, keepdims=True)
    l = employed / employed.sum(axis=1, keepdims=True)  # noqa: E741
    for i, name in enumerate(sectors):
        frame[f"{name}_share"], frame[f"{name}_employment_share"] = y[:, i], l[:, i]
    frame["share_basis"], frame["employment_basis"] = "value_added", "employment"
    frame["ais"] = y @ [1.0, 2.0, 3.0]
    frame["theil"] = (y * np.log(y / l)).sum(axis=1)
    frame["ln_gdp_per_capita"] = 10.5
    return complete("core_indices", frame)


def study_panel() -> pd.DataFrame:
    """A panel of two outcomes and one control, nothing repaired."""
    values = indices()
    frame = values[["city_code", "year", "ais", "theil", "ln_gdp_per_capita"]].copy()
    frame.insert(0, "study", "relocation_2014")
    frame["city"], frame["province"], frame["region"] = "Nanjing", "Jiangsu", "East"
    frame["treated"] = frame["city_code"].isin(TREATED).astype(int)
    frame["event_time"] = frame["year"] - 2014
    frame["post"] = (frame["event_time"] >= 0).astype(int)
    frame["did"] = frame["treated"] * frame["post"]
    for name in ("capital", "border_change", "demonstration"):
        frame[name] = 0
    for name in ("ais", "theil", "ln_gdp_per_capita"):
        frame[f"{name}_flag"], frame[f"{name}_before"] = "", np.nan
        frame[f"{name}_doubts"] = ""
    return complete("core_study_panel", frame)


def estimates() -> pd.DataFrame:
    """Two models of two outcomes."""
    rows = [
        (model, outcome, term, value, abs(value) / 4)
        for model, outcome in (("1", "ais"), ("2", "theil"))
        for term, value in (("did", 0.067), ("ln_gdp_per_capita", -0.2))
    ]
    frame = pd.DataFrame(rows, columns=["model", "outcome", "term", "estimate", "se"])
    frame.insert(0, "study", "relocation_2014")
    frame["t"], frame["p"] = frame["estimate"] / frame["se"], 0.01
    frame["ci_low"] = frame["estimate"] - 2 * frame["se"]
    frame["ci_high"] = frame["estimate"] + 2 * frame["se"]
    frame["n_obs"], frame["n_clusters"], frame["r2_within"] = 108, 12, 0.3
    frame["convention"] = "CR1 by city"
    return complete("est_baseline", frame)
