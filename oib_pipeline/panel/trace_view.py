"""The SQL view that leads from each number of a study to the cells it rests on."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from oib_pipeline.contract.variables import variables
from oib_pipeline.indices.formulas import formulas_of
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
