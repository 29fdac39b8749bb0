"""A number down to its cells: Trace, as text and as a SQL view."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from math import isnan
from typing import Any

import pandas as pd

from oib_pipeline.contract.errors import OibError
from oib_pipeline.contract.variables import bundles, variables
from oib_pipeline.indices.indicators import EMPLOYMENT, OUTPUT
from oib_pipeline.indices.table import formulas_of, needs, used_formulas
from oib_pipeline.study import Study

VIEW = "out.trace"
ABOUT = (
    "For each outcome and control of each study: its value, what was repaired, its inputs, the "
    "cell each was read from and what was passed over; one row an input, one without input where "
    "a number is missing for want of them"
)
COLUMNS = {
    "study": "Name of the study",
    "city_code": "Six-digit GB/T 2260 code",
    "year": "Data year",
    "output": "Outcome or control",
    "output_value": "Its value in the study panel, after repairs",
    "flag": "What was done to it: empty, or corrected, winsorised, interpolated",
    "before_repair": "The value before a repair; NULL where nothing was repaired or none was there",
    "missing_reason": "Why it was missing before any gap was filled",
    "formula": "How it follows from the inputs",
    "input": "Variable of the contract that it rests on",
    "value": "Value of the input in the unit of the contract",
    "unit": "Unit of the contract",
    "release": "Release the input was taken from",
    "file": "File of that release",
    "sheet": "Sheet of the file; empty for a csv",
    "cell": "Cell of the sheet, as C12",
    "text": "The value as printed there",
    "stated_unit": "The unit stated there",
    "reason": "Why this release was chosen",
    "correction": "What corrections.yml changed, and why",
    "passed_over": "Other releases that have the input: place, value in the contract's unit, why",
}

_SQL = """
CREATE SCHEMA IF NOT EXISTS out;
CREATE OR REPLACE VIEW {view} AS
WITH wanted(study, precedence, scope, output, part, choice, formula, input, unit, inputs) AS (
    VALUES
{rows}
),
numbers(study, city_code, year, output, output_value, flag, before_repair) AS (
{numbers}
),
found AS (
    SELECT w.*, s.city_code, s.year, s.value, s.release, s.file, s.sheet, s.cell, s.text,
           s.stated_unit, s.reason, s.correction,
           count(*) OVER (PARTITION BY w.study, w.output, w.part, w.choice, s.city_code, s.year)
               AS present
    FROM wanted AS w
    JOIN core.core_sources AS s
      ON s.precedence = w.precedence AND s.scope = w.scope AND s.variable = w.input AND s.chosen
),
used AS (
    SELECT *, min(choice) OVER (PARTITION BY study, output, part, city_code, year) AS best
    FROM found
    WHERE present = inputs
),
others AS (
    SELECT precedence, city_code, year, scope, variable,
           string_agg(concat(release, ': ', file, CASE WHEN sheet <> '' THEN ', sheet ' || sheet
               ELSE '' END, ', ', cell, ' = ', coalesce(CAST(value AS VARCHAR), 'no value'), ' (',
               reason, coalesce('; ' || correction, ''), ')'), '; ' ORDER BY release)
               AS passed_over
    FROM core.core_sources
    WHERE NOT chosen
    GROUP BY ALL
)
SELECT n.study, n.city_code, n.year, n.output, n.output_value, n.flag, n.before_repair,
       m.reason AS missing_reason, u.formula, u.input, u.value, u.unit, u.release, u.file, u.sheet,
       u.cell, u.text, u.stated_unit, u.reason, u.correction, o.passed_over
FROM numbers AS n
LEFT JOIN (SELECT * FROM used WHERE choice = best) AS u
  ON u.study = n.study AND u.city_code = n.city_code AND u.year = n.year AND u.output = n.output
LEFT JOIN core.core_study_missing AS m
  ON m.study = n.study AND m.city_code = n.city_code AND m.year = n.year AND m.variable = n.output
LEFT JOIN others AS o
  ON o.precedence = u.precedence AND o.city_code = u.city_code AND o.year = u.year
     AND o.scope = u.scope AND o.variable = u.input
ORDER BY n.study, n.city_code, n.year, n.output, u.input;
COMMENT ON VIEW {view} IS {about};
{comments}
"""
_NUMBERS = """    SELECT study, city_code, year, '{name}', "{name}", "{name}_flag", "{name}_before"
    FROM core.core_study_panel WHERE study = {study}"""


def trace_view(studies: Iterable[Study], columns: Collection[str] | None = None) -> str:
    """SQL that makes the view ``out.trace`` for these studies; ``COLUMNS`` says what it holds.

    It reads ``core.core_sources``, ``core.core_study_panel`` and ``core.core_study_missing``, which
    must exist.

    Parameters
    ----------
    columns
        Columns that ``core_study_panel`` has: controls that every study left out have none, and
        are not in the view. None takes all to be there.
    """
    pairs = [(study, name) for study in studies for name in _outputs(study, columns)]
    rows = [row for study, output in pairs for row in _rows(study, output)]
    lines = ",\n".join("        (" + ", ".join(map(_literal, row)) + ")" for row in rows)
    numbers = [_NUMBERS.format(name=name, study=_literal(study.name)) for study, name in pairs]
    comments = [
        f"COMMENT ON COLUMN {VIEW}.{name} IS {_literal(text)};" for name, text in COLUMNS.items()
    ]
    return _SQL.format(
        view=VIEW,
        rows=lines,
        numbers="\n    UNION ALL\n".join(numbers),
        about=_literal(ABOUT),
        comments="\n".join(comments),
    )


def _outputs(study: Study, columns: Collection[str] | None) -> list[str]:
    names = dict.fromkeys((*study.outcomes, *study.controls))
    return [name for name in names if columns is None or name in columns]


def _rows(study: Study, output: str) -> list[tuple[str | int, ...]]:
    head = (study.name, study.precedence, study.scope)
    return [
        (*head, output, way.part, choice, way.plain, name, variables()[name].unit, len(way.inputs))
        for choice, way in enumerate(formulas_of(output))
        for name in way.inputs
    ]


def _literal(value: str | int) -> str:
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


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


@dataclass(frozen=True)
class Origin:
    """One release's value for an input (contract unit), its cell, and why it was chosen or not."""

    release: str
    file: str
    sheet: str
    cell: str
    text: str
    stated_unit: str
    value: float
    chosen: bool
    reason: str
    correction: str


@dataclass(frozen=True)
class Input:
    """One variable a number rests on, and every origin of it, the chosen one first."""

    variable: str
    label: str
    unit: str
    value: float
    origins: tuple[Origin, ...]


@dataclass(frozen=True)
class Trace:
    """One number of a study: its value and repairs, its formulas, its inputs, what is doubtful."""

    study: str
    precedence: str
    city_code: str
    city: str
    year: int
    scope: str
    variable: str
    value: float
    computed: float
    flag: str
    before: float
    between: tuple[tuple[int, float], ...]
    formulas: tuple[str, ...]
    shares: tuple[tuple[str, tuple[float, ...]], ...]
    reason: str
    inputs: tuple[Input, ...]
    doubts: tuple[str, ...]

    def text(self) -> str:
        """The trace for a terminal."""
        return render(self)


WIDTH = 12


def render(trace: Trace) -> str:
    """The trace from the number down to the cells; ends without a newline."""
    lines = [
        f"{trace.variable} of {trace.city} ({trace.city_code}) in {trace.year}",
        _line("study", f"{trace.study}, scope {trace.scope}, sources {trace.precedence}"),
        *_value(trace),
        *(_line("formula", text) for text in trace.formulas),
        *(_line("shares", _sectors(*pair)) for pair in trace.shares),
    ]
    for given in trace.inputs:
        lines += ["", *_input_line(given)]
    if trace.doubts:
        lines += ["", "what is doubtful here"]
        lines += [f"  - {text}" for text in trace.doubts]
    return "\n".join(lines)


def _value(trace: Trace) -> list[str]:
    lines = []
    if not isnan(trace.value):
        lines.append(_line("in the panel", _figure(trace.value)))
    computed = trace.reason if isnan(trace.computed) else _figure(trace.computed)
    lines.append(_line("computed", computed))
    if trace.flag:
        lines.append(_line("repair", _repair(trace)))
    return lines


def _sectors(part: str, values: tuple[float, ...]) -> str:
    figures = ("missing" if isnan(value) else f"{value:.4f}" for value in values)
    return f"{part}: " + ", ".join(figures)


def _repair(trace: Trace) -> str:
    parts = [trace.flag]
    if not isnan(trace.before):
        parts.append(f"before {_figure(trace.before)}")
    if trace.between:
        ends = " and ".join(f"{year} ({_figure(value)})" for year, value in trace.between)
        parts.append(f"between {ends}")
    return ", ".join(parts)


def _input_line(given: Input) -> list[str]:
    value = "no value" if isnan(given.value) else f"{_figure(given.value)} {given.unit}"
    lines = [f"{given.variable} ({given.label}): {value}"]
    for origin in given.origins:
        lines += _origin_lines(origin)
    if not given.origins:
        lines.append("  no release of the study's sources has it")
    return lines


def _origin_lines(origin: Origin) -> list[str]:
    sheet = f", sheet {origin.sheet}" if origin.sheet else ""
    mark = "*" if origin.chosen else " "
    value = "" if isnan(origin.value) else f" = {_figure(origin.value)}"
    lines = [
        f"  {mark} {origin.release}: {origin.file}{sheet}, cell {origin.cell}",
        f"      printed {origin.text!r} {origin.stated_unit}{value}; {origin.reason}",
    ]
    if origin.correction:
        lines.append(f"      corrected: {origin.correction}")
    return lines


def _line(word: str, text: str) -> str:
    return f"  {word:<{WIDTH}}  {text}"


def _figure(value: float) -> str:
    return f"{value:,.4f}" if abs(value) < 100 else f"{value:,.2f}"
