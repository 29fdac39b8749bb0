"""How a number of a study's panel came about, down to the cells it was read from."""

from __future__ import annotations

from typing import Any

import pandas as pd

from oib_pipeline.contract.errors import OibError
from oib_pipeline.contract.variables import bundles, variables
from oib_pipeline.indices.formulas import formulas_of, needs, used_formulas
from oib_pipeline.indices.indicators import EMPLOYMENT, OUTPUT
from oib_pipeline.panel.provenance import Input, Origin, Trace
from oib_pipeline.study import Study


def trace(
    study: Study,
    city_code: str,
    year: int,
    variable: str,
    *,
    panel: pd.DataFrame,
    indices: pd.DataFrame,
    sources: pd.DataFrame,
    conflicts: pd.DataFrame | None = None,
    findings: pd.DataFrame | None = None,
) -> Trace:
    """How one outcome, control or variable of the panel came about.

    Parameters
    ----------
    study
        Its scope and order of sources say which rows count.
    variable
        An outcome or control, or a variable of the contract.
    panel, indices, sources, conflicts, findings
        Rows of ``core_study_panel``, ``core_indices``, ``core_sources``, ``core_conflicts`` and
        ``core_findings``: whole tables, or any slice that holds the city (the panel in all its
        years, so that an interpolation can be told).

    Raises
    ------
    OibError
        When the study's panel has no such city or year, or nothing is known by that name.
    """
    known = [*study.outcomes, *study.controls, *variables()]
    if not formulas_of(variable) and variable not in variables():
        raise OibError(f"nothing is called {variable!r}; there are {', '.join(known)}")
    mine = panel[(panel["study"] == study.name) & (panel["city_code"] == city_code)]
    row = mine[mine["year"] == year]
    if row.empty:
        raise OibError(_not_there(study, city_code, year, mine))
    series = mine.set_index("year")
    rows = _slice(sources, study, city_code, year)
    chosen = rows[rows["chosen"].astype(bool)].set_index("variable")["value"]
    index = _slice(indices, study, city_code, year)
    computed = chosen.get(variable) if variable in variables() else _first(index, variable)
    held = variable in series.columns
    return Trace(
        study=study.name,
        precedence=study.precedence,
        city_code=city_code,
        city=str(row["city"].iloc[0]),
        year=year,
        scope=study.scope,
        variable=variable,
        value=_number(row[variable].iloc[0] if held else None),
        computed=_number(computed),
        flag=str(row[f"{variable}_flag"].iloc[0]) if held else "",
        before=_number(row[f"{variable}_before"].iloc[0] if held else None),
        between=_neighbours(series, variable, year) if held else (),
        formulas=tuple(way.plain for way in used_formulas(variable, chosen)),
        shares=_shares(index, variable),
        reason=_reason(index, variable, computed),
        inputs=_inputs(variable, rows, chosen),
        doubts=_doubts(study, city_code, year, variable, conflicts, findings),
    )


def _slice(frame: pd.DataFrame, study: Study, city_code: str, year: int) -> pd.DataFrame:
    return frame[
        (frame["precedence"] == study.precedence)
        & (frame["city_code"] == city_code)
        & (frame["year"] == year)
        & (frame["scope"] == study.scope)
    ]


def _inputs(variable: str, rows: pd.DataFrame, chosen: pd.Series) -> tuple[Input, ...]:
    """The inputs of the ways used; of every way where a part is missing."""
    if variable in variables():
        names = [variable]
    else:
        used = used_formulas(variable, chosen)
        done = {way.part for way in used}
        ways = [way for way in formulas_of(variable) if way in used or way.part not in done]
        names = list(dict.fromkeys(name for way in ways for name in way.inputs))
    return tuple(_input(name, rows[rows["variable"] == name]) for name in names)


def _input(name: str, rows: pd.DataFrame) -> Input:
    spec = variables()[name]
    ordered = rows.sort_values(["chosen", "release"], ascending=[False, True])
    origins = tuple(_origin(row) for row in ordered.itertuples())
    value = origins[0].value if origins and origins[0].chosen else float("nan")
    return Input(name, spec.label_en, spec.unit, value, origins)


def _origin(row: Any) -> Origin:
    texts = {
        name: _text(getattr(row, name, None))
        for name in ("release", "file", "sheet", "cell", "text", "stated_unit", "reason")
    }
    correction = _text(getattr(row, "correction", None))
    return Origin(**texts, value=_number(row.value), chosen=bool(row.chosen), correction=correction)


def _shares(index: pd.DataFrame, variable: str) -> tuple[tuple[str, tuple[float, ...]], ...]:
    """Sector shares that an index was computed from: output, and employment where it counts."""
    parts = {way.part for way in formulas_of(variable)}
    return tuple(
        (one.part, tuple(_number(_first(index, name)) for name in one.columns))
        for one in (OUTPUT, EMPLOYMENT)
        if one.part in parts
    )


def _neighbours(series: pd.DataFrame, variable: str, year: int) -> tuple[tuple[int, float], ...]:
    """The two years an interpolated value lies between, with their values."""
    if "interpolated" not in str(series.loc[year, f"{variable}_flag"]):
        return ()
    flags = series[f"{variable}_flag"].fillna("").astype(str)
    known = series.loc[~flags.str.contains("interpolated") & series[variable].notna(), variable]
    before, after = known[known.index < year].index.max(), known[known.index > year].index.min()
    return tuple((int(there), float(known[there])) for there in (before, after))


def _doubts(
    study: Study,
    city_code: str,
    year: int,
    variable: str,
    conflicts: pd.DataFrame | None,
    findings: pd.DataFrame | None,
) -> tuple[str, ...]:
    """Conflicts and findings of this city-year that touch the variable or its inputs."""
    names = {variable, *(name for way in formulas_of(variable) for name in way.inputs)}
    names |= {bundle for bundle, members in bundles().items() if names & set(members)}
    lines = []
    if conflicts is not None:
        rows = _slice(conflicts, study, city_code, year)
        lines += [
            f"{row.variable}: {row.place} has {row.value:g}, {row.relative_difference:.1%} from "
            f"the chosen {row.chosen_value:g}"
            for row in rows[rows["variable"].isin(names)].itertuples()
        ]
    if findings is not None:
        rows = _slice(findings, study, city_code, year)
        rows = rows[rows["variable"].isin(names)]
        lines += [f"{row.severity}: {row.message}" for row in rows.itertuples()]
    return tuple(lines)


def _reason(index: pd.DataFrame, variable: str, computed: object) -> str:
    if pd.notna(computed):
        return ""
    stated = _text(_first(index, f"{variable}_reason"))
    if stated or not formulas_of(variable):
        return stated or "no source has it"
    return f"it needs {needs(variable)}"


def _not_there(study: Study, city_code: str, year: int, mine: pd.DataFrame) -> str:
    if mine.empty:
        return f"{city_code} is not in the panel of study {study.name!r} (six-digit code wanted)"
    years = mine["year"]
    return f"the panel of study {study.name!r} has {years.min()}-{years.max()}, not {year}"


def _first(frame: pd.DataFrame, name: str) -> object:
    return frame[name].iloc[0] if len(frame) and name in frame.columns else None


def _text(value: object) -> str:
    return "" if pd.isna(value) else str(value)


def _number(value: object) -> float:
    return float("nan") if pd.isna(value) else float(value)  # type: ignore[arg-type]
