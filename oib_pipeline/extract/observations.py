"""A release -> its observations, each with its cell; or one error with all that is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from oib_pipeline.contract.errors import Problem, SourceError
from oib_pipeline.extract.coverage import note_missing_cities
from oib_pipeline.extract.files import read_files
from oib_pipeline.extract.findings import findings
from oib_pipeline.extract.frame import observations_frame
from oib_pipeline.extract.layout_tables import FOLDER
from oib_pipeline.extract.plausible import implausible
from oib_pipeline.extract.release import Release, verify
from oib_pipeline.extract.sheets import FileReading
from oib_pipeline.registry import Registry

KEY = ["city_code", "year", "scope", "variable"]
SKIPPED = ["release", "file", "sheet", "title", "reason"]
SHOWN = 20


@dataclass(frozen=True)
class Extraction:
    """What a release gave.

    ``observations`` has one row a value, with the columns of raw_observations; ``releases`` one
    row; ``skipped`` one row a table or sheet passed over; ``findings`` what a person should know
    although the release loads.
    """

    observations: pd.DataFrame
    releases: pd.DataFrame
    skipped: pd.DataFrame
    findings: pd.DataFrame


def extract_release(release: Release, registry: Registry, layouts: Path = FOLDER) -> Extraction:
    """Observations of every wanted value of a release; ``layouts`` is the folder of its tables.

    Raises
    ------
    SourceError
        With every problem of the release: files missing or altered, titles, headers, units and
        cities not known, values that are no numbers, two values for one key, columns missing.
    """
    problems = verify(release)
    if problems:
        raise SourceError(problems)
    files = list(read_files(release, registry, layouts))
    note_missing_cities(files, registry)
    problems = [problem for file in files for problem in file.all_problems]
    observations, repeats = assemble(release, files, problems)
    problems += nothing_read(release, files, problems, len(observations))
    if problems:
        raise SourceError(problems)
    return Extraction(
        observations,
        _release_row(release, len(observations)),
        _skipped(release, files, repeats),
        findings(files, observations, release.series, release.edition),
    )


def nothing_read(
    release: Release, files: list[FileReading], problems: list[Problem], count: int
) -> list[Problem]:
    """The problem of a release without a value, where no other problem explains it."""
    if count or problems:
        return []
    passed = [
        f"{f.file}: {title or sheet}, {why}" for f in files for sheet, title, why in f.skipped
    ]
    return [
        Problem(
            release=release.release,
            found="no value of any variable"
            + (f" (passed over: {'; '.join(passed[:5])})" if passed else ""),
            expected="a table that tables.csv reads",
            todo="Check that its files are the right ones, and what tables.csv skips.",
        )
    ]


def assemble(
    release: Release, files: list[FileReading], problems: list[Problem]
) -> tuple[pd.DataFrame, list[tuple[str, str, str, str]]]:
    """One frame of all observations; keys given twice become problems, or allowed repeats."""
    readings = [reading for file in files for reading in file.readings]
    table = observations_frame(release.release, readings)
    if not problems:
        problems += implausible(table, release.series, release.edition)
    twice = table.duplicated(KEY).to_numpy()
    if not twice.any():
        return table, []
    sizes = [sum(len(c.row) for c in r.held.columns) for r in readings if r.held]
    allowed = [bool(r.rule and r.rule.repeats) for r in readings if r.held]
    repeats = _repeats(release, table, twice, np.repeat(allowed, sizes), problems)
    return table[~twice].reset_index(drop=True), repeats


def _repeats(
    release: Release,
    table: pd.DataFrame,
    twice: np.ndarray,
    may_repeat: np.ndarray,
    problems: list[Problem],
) -> list[tuple[str, str, str, str]]:
    """Tables that repeat values word for word where that is allowed; all else is a problem."""
    first = table[~twice].set_index(KEY)[["value", "file", "sheet", "cell", "text"]]
    again = table[twice].join(first, on=KEY, suffixes=("", "_first"))
    elsewhere = (again["file"] != again["file_first"]) | (again["sheet"] != again["sheet_first"])
    same = again["value"] == again["value_first"]
    fine = same & elsewhere & may_repeat[twice]
    clashes = again[~fine].sort_values("value", key=lambda _: same[~fine], kind="stable")
    for row in clashes.head(SHOWN).itertuples():
        problems.append(
            Problem(
                release=release.release,
                file=str(row.file),
                sheet=str(row.sheet),
                cell=str(row.cell),
                found=f"{row.text} for {row.variable} of {row.city_code} in {row.year} "
                f"({row.scope}), a second value",
                expected=f"one value; {row.file_first}, {row.sheet_first} {row.cell_first} "
                f"has {row.text_first}",
                todo="Find out which is right; say so in layouts/rows.csv or cells.csv.",
            )
        )
    if len(clashes) > SHOWN:
        equal = int(same[~fine].sum())
        problems.append(
            Problem(
                release=release.release,
                file=str(clashes["file"].iloc[-1]),
                sheet=str(clashes["sheet"].iloc[-1]),
                cell=str(clashes["cell"].iloc[-1]),
                found=f"{len(clashes) - SHOWN:,} more values given twice "
                f"({len(clashes):,} in all, {equal:,} of them equal both times)",
                expected="one value for a city, year, scope and variable",
                todo="Mend those above first, or skip a repeated table in layouts/tables.csv.",
            )
        )
    kept = again[fine].drop_duplicates(["file", "sheet"])
    counts = again[fine].groupby(["file", "sheet"]).size()
    return [
        (str(r.file), str(r.sheet), f"{counts[r.file, r.sheet]} values",
         f"the same values stand in {r.file_first}, sheet {r.sheet_first!r}")
        for r in kept.itertuples()
    ]  # fmt: skip


def _release_row(release: Release, count: int) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "release": release.release,
                "series": release.series,
                "edition": str(release.edition),
                "synthetic": release.synthetic,
                "publisher": release.publisher,
                "licence": release.licence,
                "source": release.source,
                "retrieved": release.retrieved,
                "first_year": release.data_years[0],
                "last_year": release.data_years[1],
                "n_files": len(release.files),
                "n_observations": count,
                "digest": release.digest,
                "raw_dir": str(release.folder.parent),
            }
        ]
    )


def _skipped(
    release: Release, files: list[FileReading], repeats: list[tuple[str, str, str, str]]
) -> pd.DataFrame:
    rows = [
        (release.release, file.file, sheet, title, reason)
        for file in files
        for sheet, title, reason in file.skipped
    ]
    rows += [(release.release, *repeat) for repeat in repeats]
    return pd.DataFrame(rows, columns=SKIPPED).drop_duplicates(SKIPPED[:4], ignore_index=True)
