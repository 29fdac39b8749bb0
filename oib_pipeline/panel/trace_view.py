"""The SQL view that leads from each number of a study to the cells it rests on."""

from __future__ import annotations

from collections.abc import Iterable

from oib_pipeline.contract.variables import variables
from oib_pipeline.panel.formulas import formulas_of
from oib_pipeline.study import Study

VIEW = "out.trace"
ABOUT = "For each outcome and control of each study: its inputs, and the cell each was read from"

_SQL = """
CREATE SCHEMA IF NOT EXISTS out;
CREATE OR REPLACE VIEW {view} AS
WITH wanted(study, precedence, scope, output, part, choice, formula, input, unit, inputs) AS (
    VALUES
{rows}
),
found AS (
    SELECT w.*, s.city_code, s.year, s.value, s.release, s.file, s.sheet, s.cell, s.text,
           s.stated_unit, s.reason, s.correction,
           count(*) OVER (PARTITION BY w.study, w.output, w.part, w.choice, s.city_code, s.year)
               AS present
    FROM wanted AS w
    JOIN core.core_sources AS s
      ON s.precedence = w.precedence AND s.scope = w.scope AND s.variable = w.input AND s.chosen
    JOIN core.core_study_panel AS p
      ON p.study = w.study AND p.city_code = s.city_code AND p.year = s.year
),
used AS (
    SELECT *, min(choice) OVER (PARTITION BY study, output, part, city_code, year) AS best
    FROM found
    WHERE present = inputs
)
SELECT study, city_code, year, output, formula, input, value, unit, release, file, sheet, cell,
       text, stated_unit, reason, correction
FROM used
WHERE choice = best
ORDER BY study, city_code, year, output, input;
COMMENT ON VIEW {view} IS '{about}';
"""


def trace_view(studies: Iterable[Study]) -> str:
    """SQL that makes the view ``out.trace`` for these studies.

    Its columns: study, city_code, year, output, formula, input, value (contract unit), unit,
    release, file, sheet, cell, text (as printed), stated_unit, reason (why this release),
    correction. It reads ``core.core_sources`` and ``core.core_study_panel``, which must exist.
    """
    rows = [row for study in studies for row in _rows(study)]
    lines = ",\n".join("        (" + ", ".join(map(_literal, row)) + ")" for row in rows)
    return _SQL.format(view=VIEW, rows=lines, about=ABOUT.replace("'", "''"))


def _rows(study: Study) -> list[tuple[str | int, ...]]:
    head = (study.name, study.precedence, study.scope)
    return [
        (*head, output, way.part, way.choice, way.formula, name, variables()[name].unit, count)
        for output in dict.fromkeys((*study.outcomes, *study.controls))
        for way in formulas_of(output)
        for count in (len(way.inputs),)
        for name in way.inputs
    ]


def _literal(value: str | int) -> str:
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
