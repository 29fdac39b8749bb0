"""A small made-up world for the report: the registry's 120 cities, a panel and its estimates."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from oib_pipeline.contract.variables import variables
from oib_pipeline.estimation import (
    by_group,
    dynamic_effects,
    event_study,
    ledger,
    placebo,
    psm_did,
    twfe,
)
from oib_pipeline.registry.registry import Registry, load_registry
from oib_pipeline.report import ReportInputs
from oib_pipeline.report.document.treated import Called
from oib_pipeline.study import Study, read_study

DATA = Path(__file__).parents[2] / "data"
EFFECTS = {"ais": 0.067, "theil": -0.042}
KEYS = {"unit": "city_code", "time": "year"}
PILOT = Called("pilot", 21)


@cache
def registry() -> Registry:
    return load_registry(DATA / "registry")


@cache
def study() -> Study:
    return read_study(DATA / "studies" / "relocation_2014.yml")


def _lasting(rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """Serially correlated shocks, cities x years."""
    shocks = rng.normal(0, 1, shape)
    for t in range(1, shape[1]):
        shocks[:, t] += 0.7 * shocks[:, t - 1]
    return shocks


@cache
def panel() -> pd.DataFrame:
    """The study panel: levels that trend, errors that last, effects that grow."""
    rng = np.random.default_rng(2014)
    cities = registry().cities.set_index("city_code").loc[registry().sample(study().sample)]
    treated = cities.index.isin(registry().policy(study().policy)["city_code"])
    years = np.array(study().year_list)
    shape = (len(cities), len(years))
    shocks, other, third, wealth, roads = (_lasting(rng, shape) for _ in range(5))
    growth = np.where(years >= 2014, (years - 2013) / 3, 0.0)[None, :] * treated[:, None]
    wide = {
        "ais": 2.25
        + rng.normal(0, 0.13, (len(cities), 1))
        + 0.012 * (years - 2010)
        + 0.02 * shocks
        + EFFECTS["ais"] * growth,
        "theil": 0.25
        + np.abs(rng.normal(0, 0.12, (len(cities), 1)))
        - 0.005 * (years - 2010)
        + 0.018 * third
        + EFFECTS["theil"] * growth,
        "ln_gdp_per_capita": 10.4 + rng.normal(0, 0.5, (len(cities), 1)) + 0.08 * (years - 2010),
        "population_density": np.exp(rng.normal(6.6, 0.8, (len(cities), 1))) * (1 + 0.01 * other),
        "land_marketization": rng.beta(6, 2, shape),
        "enterprise_density": np.exp(rng.normal(1.2, 0.5, (len(cities), 1)) + 0.05 * other),
        "road_area_per_capita": 12 + rng.normal(0, 4, (len(cities), 1)) + 0.3 * (years - 2010),
    }
    wide["ln_gdp_per_capita"] = wide["ln_gdp_per_capita"] + 0.03 * wealth
    wide["road_area_per_capita"] = np.clip(wide["road_area_per_capita"] + 0.4 * roads, 1, None)
    long = {name: np.broadcast_to(value, shape).ravel() for name, value in wide.items()}
    frame = pd.DataFrame(
        {
            "study": study().name,
            "city_code": np.repeat(cities.index.to_numpy(), len(years)),
            "year": np.tile(years, len(cities)),
            "city": np.repeat(cities["name_en"].to_numpy(), len(years)),
            "province": np.repeat(cities["province_en"].to_numpy(), len(years)),
            "region": np.repeat(cities["region"].to_numpy(), len(years)),
            "treated": np.repeat(treated.astype(int), len(years)),
            **long,
        }
    )
    frame["post"] = (frame["year"] >= 2014).astype(int)
    frame["did"] = frame["treated"] * frame["post"]
    frame["event_time"] = frame["year"] - 2014
    frame["capital"] = frame["city_code"].map(cities["capital"]).fillna(0).astype(int)
    frame["border_change"] = 0
    frame["demonstration"] = ((frame["year"] >= 2017) & (frame["region"] == "Northeast")).astype(
        int
    )
    for name in long:
        touched = rng.random(len(frame)) < 0.008
        frame[f"{name}_flag"] = np.where(touched, "winsorised", "")
        frame[f"{name}_before"] = frame[name].where(touched) * 1.2
    return frame


@cache
def baseline() -> pd.DataFrame:
    models = []
    for number, (outcome, controls) in enumerate(
        ((o, c) for o in study().outcomes for c in ([], study().controls)), start=1
    ):
        fit = twfe(panel(), outcome=outcome, treatment="did", controls=controls, **KEYS)
        models.append(fit.to_frame(str(number)))
    return pd.concat(models, ignore_index=True).assign(study=study().name)


@cache
def events() -> pd.DataFrame:
    fits = [
        event_study(
            panel(), outcome=o, treated="treated", start=2014, controls=study().controls, **KEYS
        )
        for o in study().outcomes
    ]
    return pd.concat([fit.to_frame("event study") for fit in fits], ignore_index=True)


@cache
def dynamic() -> pd.DataFrame:
    models = []
    for number, (outcome, controls) in enumerate(
        ((o, c) for o in study().outcomes for c in ([], study().controls)), start=5
    ):
        fit = dynamic_effects(
            panel(),
            outcome=outcome,
            treated="treated",
            years=range(2014, 2019),
            controls=controls,
            **KEYS,
        )
        models.append(fit.to_frame(str(number)))
    return pd.concat(models, ignore_index=True).assign(study=study().name)


def descriptive() -> pd.DataFrame:
    names = [*study().outcomes, *study().controls]
    table = panel()[names].agg(["count", "mean", "std", "min", "max"]).T.reset_index()
    table.columns = ["variable", "n", "mean", "sd", "min", "max"]
    table["missing"] = 0
    table["repaired"] = [(panel()[f"{name}_flag"] != "").sum() for name in names]
    return table


def releases() -> pd.DataFrame:
    years = range(2010, 2019)
    return pd.DataFrame(
        {
            "release": [f"sample-ccsy-{year + 1}" for year in years],
            "series": "ccsy",
            "edition": [str(year + 1) for year in years],
            "synthetic": True,
            "publisher": "oib_pipeline sample",
            "licence": "CC0-1.0",
            "source": "made by oib_pipeline.synthetic",
            "retrieved": [f"2026-0{1 + year % 8}-01" for year in years],
            "first_year": list(years),
            "last_year": list(years),
            "n_files": 9,
            "n_observations": 4200,
            "digest": [f"{year:064x}" for year in years],
            "raw_dir": "data/raw",
        }
    )


def sources() -> pd.DataFrame:
    """Chosen values already counted; land granted begins late, one variable thins out."""
    rng = np.random.default_rng(7)
    rows = []
    for name in list(variables())[:25]:
        for year in study().year_list:
            n = 120 - int(rng.integers(0, 4)) * (year % 3 == 0)
            n = {"land_granted_market_ha": 70 if year > 2012 else 0}.get(name, n)
            if n:
                rows.append((name, year, "ccsy", f"sample-ccsy-{year + 1}", str(year + 1), n))
    names = ["variable", "year", "series", "release", "edition", "n"]
    return pd.DataFrame(rows, columns=names)


def conflicts() -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "precedence": "ccsy",
                "city_code": "320300",
                "year": 2014,
                "scope": "districts",
                "variable": "gdp_mcny",
                "release": "sample-ccsy-2016",
                "value": 251003.0,
                "place": "2-9.xlsx, sheet 2-9, C44",
                "chosen_release": "sample-ccsy-2015",
                "chosen_value": 249000.0,
                "chosen_place": "2-9.xlsx, sheet 2-9, C44",
                "relative_difference": 2003 / 251003,
            }
        ]
    )


def findings() -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "precedence": "ccsy",
                "rule": "level_jump",
                "severity": "warning",
                "city_code": code,
                "year": 2015,
                "scope": "districts",
                "variable": "employment_k",
                "value": 2.1,
                "expected": "0.5 to 2",
                "message": f"Employment of {code} in 2015 is 2.1 times that of 2014.",
            }
            for code in ("320300", "110000")
        ]
    )


def missing() -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("620200", "Jiayuguan", year, "theil", "a city without districts", "")
            for year in study().year_list
        ]
        + [
            (
                "130700",
                "Zhangjiakou",
                2012,
                "land_marketization",
                "the cell is blank",
                "interpolated",
            )
        ],
        columns=["city_code", "city", "year", "variable", "reason", "repair"],
    )


def inputs(**changes: object) -> ReportInputs:
    """Inputs of a report with descriptive statistics, baseline and event study."""
    made = ReportInputs(
        study=study(),
        registry=registry(),
        panel=panel(),
        releases=releases(),
        skipped=pd.DataFrame(columns=["release", "file", "sheet", "title", "reason"]),
        sources=sources(),
        conflicts=conflicts(),
        findings=findings(),
        left_out=pd.DataFrame(columns=["control", "reason", "coverage"]),
        missing=missing(),
        descriptive=descriptive(),
        baseline=baseline(),
        event_study=events(),
        truth=EFFECTS,
        reasons={"dynamic": "the estimate was not asked for in this test"},
    )
    return replace(made, **changes)


METHODS = {"nearest": {}, "kernel": {}, "radius": {"radius": 0.05}}


@cache
def _matches() -> tuple:
    fits = []
    for matched_on in ("unit", "unit-time"):
        for outcome in study().outcomes:
            for method, options in METHODS.items():
                fit = psm_did(
                    panel(),
                    outcome=outcome,
                    treated="treated",
                    post="post",
                    covariates=study().controls,
                    method=method,
                    matched_on=matched_on,
                    **KEYS,
                    **options,
                )
                fits.append((matched_on, outcome, method, fit))
    return tuple(fits)


def psm() -> pd.DataFrame:
    frames = [fit.to_frame(f"{method}, {on}") for on, _, method, fit in _matches()]
    return pd.concat(frames, ignore_index=True)


def balance() -> pd.DataFrame:
    parts = [
        fit.matching.balance(study().controls).assign(method=method)
        for on, outcome, method, fit in _matches()
        if on == "unit" and outcome == "ais"
    ]
    return pd.concat(parts, ignore_index=True)


def scores() -> pd.DataFrame:
    matching = _matches()[0][3].matching
    return pd.DataFrame(
        {
            "city_code": sorted(panel()["city_code"].unique()),
            "treated": matching.treated.to_numpy(),
            "score": matching.score.to_numpy(),
        }
    )


@cache
def placebos() -> tuple[pd.DataFrame, pd.DataFrame]:
    rows, draws = [], []
    for outcome in study().outcomes:
        made = placebo(
            panel(),
            outcome=outcome,
            treated="treated",
            post="post",
            controls=study().controls,
            draws=500,
            **KEYS,
        )
        rows.append(made.to_frame("placebo"))
        draws.append(made.draws_frame().assign(outcome=outcome))
    return pd.concat(rows, ignore_index=True), pd.concat(draws, ignore_index=True)


@cache
def regional() -> pd.DataFrame:
    fits = [
        by_group(
            panel(),
            group="region",
            outcome=outcome,
            treatment="did",
            controls=study().controls,
            draws=199,
            **KEYS,
        )
        for outcome in study().outcomes
    ]
    return pd.concat([fit.to_frame("region") for fit in fits], ignore_index=True)


@cache
def inference() -> pd.DataFrame:
    tables = [
        ledger(
            panel(),
            outcome=outcome,
            treated="treated",
            post="post",
            controls=study().controls,
            draws=499,
            bootstrap_draws=199,
            **KEYS,
        )
        for outcome in study().outcomes
    ]
    table = pd.concat(tables, ignore_index=True)
    return table.assign(model=table["method"])


@cache
def robustness() -> pd.DataFrame:
    """A made-up curve: 2 x 2 x 3 x 4 x 2 x 2 choices, estimates scattered around the headline."""
    rng = np.random.default_rng(3)
    options = {
        "choice_controls": ["all", "none"],
        "choice_outliers": ["as they are", "winsorised"],
        "choice_window": ["2010-2018", "2011-2018", "2010-2016"],
        "choice_left_out": ["nobody", "capitals", "border changes", "demonstration areas"],
        "choice_gaps": ["filled", "left open"],
        "choice_region_by_year": ["no", "yes"],
    }
    grid = pd.MultiIndex.from_product(options.values(), names=options).to_frame(index=False)
    parts = []
    for outcome, effect in EFFECTS.items():
        part = grid.copy()
        part.insert(0, "outcome", outcome)
        part["estimate"] = effect * (
            1 - 0.25 * (part["choice_region_by_year"] == "yes")
        ) + 0.1 * effect * rng.normal(size=len(part))
        part["se"] = abs(effect) * rng.uniform(0.2, 0.6, len(part))
        part["p_t"] = np.clip(np.exp(-part["estimate"].abs() / part["se"]), 0.002, 1)
        parts.append(part)
    frame = pd.concat(parts, ignore_index=True)
    frame["term"], frame["p"] = "did", frame["p_t"]
    frame["model"] = [f"s{number:03d}" for number in range(len(frame))]
    frame["ci_low"] = frame["estimate"] - 1.98 * frame["se"]
    frame["ci_high"] = frame["estimate"] + 1.98 * frame["se"]
    frame["n_obs"], frame["n_clusters"], frame["convention"] = 1080, 120, "clustered by city_code"
    return frame


def full(**changes: object) -> ReportInputs:
    """Inputs of a report with every result."""
    rows, draws = placebos()
    further = {
        "dynamic": dynamic(),
        "psm_did": psm(),
        "balance": balance(),
        "scores": scores(),
        "placebo": rows,
        "placebo_draws": draws,
        "regional": regional(),
        "robustness": robustness(),
        "inference": inference(),
        "curve_test": pd.DataFrame(
            {"outcome": ["ais", "theil"], "statistic": "median", "p": [0.002, 0.004]}
        ),
    }
    return inputs(**(further | changes))


def slim(**changes: object) -> ReportInputs:
    """Inputs with few figures, for tests of words and tables."""
    few = {"event_study": None, "sources": None}
    return inputs(**(few | changes))
