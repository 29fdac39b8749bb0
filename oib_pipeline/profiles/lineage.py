"""Where each panel value of a city comes from: formula, inputs, repair, and the cells of those."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from oib_pipeline.contract.variables import variables
from oib_pipeline.indices.formulas import used_formulas
from oib_pipeline.profiles.inputs import ProfileInputs


@dataclass(frozen=True)
class Value:
    """One value of the study panel; ``inputs`` are the variables it was computed from."""

    name: str
    year: int
    used: float
    flag: str
    before: float
    formulas: tuple[str, ...]
    inputs: tuple[str, ...]
    reason: str


def values(inputs: ProfileInputs, code: str) -> list[Value]:
    """Every outcome and control of a city in every year of the study, as ``oib trace`` finds it."""
    panel = _by_year(inputs.report.panel, code)
    indices = _by_year(inputs.indices, code)
    missing = _reasons(inputs, code)
    chosen = _chosen(inputs, code)
    found = []
    for name in inputs.names:
        for year in inputs.report.study.year_list:
            ways = used_formulas(name, chosen.get(year, pd.Series(dtype=float)))
            flag = _text(_get(panel, year, f"{name}_flag"))
            reason = missing.get((year, name)) or _text(_get(indices, year, f"{name}_reason"))
            found.append(
                Value(
                    name=name,
                    year=year,
                    used=_number(_get(panel, year, name)),
                    flag=flag,
                    before=_number(_get(panel, year, f"{name}_before")),
                    formulas=tuple(way.plain for way in ways),
                    inputs=tuple(dict.fromkeys(one for way in ways for one in way.inputs)),
                    reason=reason,
                )
            )
    return found


def cells(inputs: ProfileInputs, code: str) -> pd.DataFrame:
    """Every value that a release gives for a city, the chosen one first, by year and variable."""
    sources = inputs.report.frame("sources")
    own = sources[sources["city_code"] == code]
    order = {name: place for place, name in enumerate(variables())}
    return own.assign(
        place=own["variable"].map(order), passed=~own["chosen"].astype(bool)
    ).sort_values(["year", "place", "passed", "release"], kind="stable")


def anchor(year: int, variable: str) -> str:
    """The name of a variable's row in a year."""
    return f"cell-{year}-{variable}"


def _chosen(inputs: ProfileInputs, code: str) -> dict[int, pd.Series]:
    own = cells(inputs, code)
    own = own[~own["passed"]]
    return {
        int(str(year)): part.set_index("variable")["value"] for year, part in own.groupby("year")
    }


def _reasons(inputs: ProfileInputs, code: str) -> dict[tuple[int, str], str]:
    missing = inputs.report.frame("missing")
    if missing.empty:
        return {}
    own = missing[missing["city_code"] == code]
    return {(int(row.year), str(row.variable)): str(row.reason) for row in own.itertuples()}


def _by_year(frame: pd.DataFrame, code: str) -> pd.DataFrame:
    return frame[frame["city_code"] == code].set_index("year")


def _get(frame: pd.DataFrame, year: int, name: str) -> object:
    return frame.loc[year, name] if year in frame.index and name in frame.columns else None


def _number(value: object) -> float:
    return float("nan") if value is None or pd.isna(value) else float(value)  # type: ignore[arg-type]


def _text(value: object) -> str:
    return "" if value is None or pd.isna(value) else str(value)
