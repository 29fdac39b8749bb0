"""What a person should know of a release although it loads."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oib_pipeline.contract.variables import variables
from oib_pipeline.extract.magnitudes import factors
from oib_pipeline.extract.plausible import SLACK, scope_pairs
from oib_pipeline.extract.reading import Reading
from oib_pipeline.extract.sheets import FileReading
from oib_pipeline.extract.zeros import zeros

COLUMNS = ["release", "file", "sheet", "cell", "severity", "found", "expected", "todo"]
TODO = "Read the page; what is wrong there is corrected in data/corrections.yml."


def findings(
    files: list[FileReading], table: pd.DataFrame, series: str, edition: int | str
) -> pd.DataFrame:
    """Notes taken while reading, zeros, values out of range, districts above their whole city."""
    told = [("warning", problem) for problem in zeros(table, series, edition)]
    notes = pd.DataFrame(
        [
            (n.release, n.file, n.sheet, n.cell, severity, n.found, n.expected, n.todo)
            for severity, n in [*(n for f in files for r in f.readings for n in r.notes), *told]
        ],
        columns=COLUMNS,
    )
    notes = pd.concat([notes, _empty(files)], ignore_index=True)
    if table.empty:
        return notes
    return pd.concat([notes, _out_of_range(table), _above_whole(table)], ignore_index=True)


def _empty(files: list[FileReading]) -> pd.DataFrame:
    """Wanted columns under whose header a whole file holds nothing."""
    rows: dict[tuple[str, str, str, str], tuple[Reading, str]] = {}
    filled = set()
    for reading in (reading for file in files for reading in file.readings):
        for held in reading.held.columns if reading.held else ():
            column = held.column
            key = (reading.file, reading.sheet, column.variable, column.scope)
            rows.setdefault(key, (reading, column.cell))
            if len(held.row):
                filled.add(key)
    return pd.DataFrame(
        [
            (reading.release, file, sheet, cell, "warning", f"no {variable} ({scope}) at all",
             "values under that header", "Read the page: a column may be lost.")
            for (file, sheet, variable, scope), (reading, cell) in rows.items()
            if (file, sheet, variable, scope) not in filled
        ],
        columns=COLUMNS,
    )  # fmt: skip


def _out_of_range(table: pd.DataFrame) -> pd.DataFrame:
    """Values outside their variable's valid range: printed so, and read so."""
    names = [variables()[name] for name in table["variable"].cat.categories]
    scaled = table["value"].to_numpy() * factors(table)
    codes = table["variable"].cat.codes.to_numpy()
    low, high = (np.array([getattr(v, end) for v in names])[codes] for end in ("min", "max"))
    odd = table[(scaled < low) | (scaled > high)]
    spans = {v.name: f"{v.min:g} to {v.max:g} {v.unit}" for v in names}
    return _warnings(odd, [spans[name] for name in odd["variable"].astype(str)])


def _above_whole(table: pd.DataFrame) -> pd.DataFrame:
    pairs = scope_pairs(table)
    odd = pairs[pairs["scaled"] > pairs["scaled_whole"] * SLACK]
    return _warnings(odd, [f"at most {v:,.6g}, the whole city" for v in odd["scaled_whole"]])


def _warnings(rows: pd.DataFrame, expected: list[str]) -> pd.DataFrame:
    plain = {name: rows[name].astype(str) for name in COLUMNS[:4]}
    what = rows["variable"].astype(str) + ", " + rows["scope"].astype(str)
    found = rows["text"].astype(str) + " " + rows["unit"].astype(str) + " for " + what
    found = found + ", of " + rows["row_label"].astype(str)
    frame = pd.DataFrame({**plain, "severity": "warning", "found": found, "expected": expected})
    return frame.assign(todo=TODO)[COLUMNS]
