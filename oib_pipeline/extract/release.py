"""extract_release: all files to one observations frame, or one error; cities left out; findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from oib_pipeline.contract.errors import Problem, SourceError
from oib_pipeline.contract.manifest import Release, verify
from oib_pipeline.contract.variables import variables
from oib_pipeline.extract.file import FileReading
from oib_pipeline.extract.layouts.layout import FOLDER
from oib_pipeline.extract.parse.reading import ColumnValues, Reading
from oib_pipeline.extract.read_files import read_files
from oib_pipeline.extract.validate.plausibility import SLACK, factors, implausible, scope_pairs
from oib_pipeline.extract.validate.values import check_zeros
from oib_pipeline.extract.workbook.grid import column_letters
from oib_pipeline.registry.registry import Registry

OBSERVATION_COLUMNS = [
    "release", "file", "sheet", "cell", "row_label", "city_code", "year", "scope", "variable",
    "header", "text", "unit", "value",
]  # fmt: skip


def observations_frame(release: str, readings: Iterable[Reading]) -> pd.DataFrame:
    """Observations with the columns of raw_observations; those that recur are categorical."""
    pairs = [(r, values) for r in readings if r.held for values in r.held.columns]
    sizes = [len(values.row) for _, values in pairs]

    def constant(of: Callable[[Reading, ColumnValues], str]) -> pd.Categorical:
        return _categories([of(*pair) for pair in pairs], sizes)

    return pd.DataFrame(
        {
            "release": constant(lambda r, v: release),
            "file": constant(lambda r, v: r.file),
            "sheet": constant(lambda r, v: r.sheet),
            "cell": _joined([column_letters(v.column.index) + r.held.sheet_row[v.row]
                             for r, v in pairs if r.held], object),
            "row_label": _taken([(r.held.label, v.row) for r, v in pairs if r.held]),
            "city_code": _taken([(r.held.code, v.row) for r, v in pairs if r.held]),
            "year": _joined([v.year for _, v in pairs], np.int64),
            "scope": constant(lambda r, v: v.column.scope),
            "variable": constant(lambda r, v: v.column.variable),
            "header": constant(lambda r, v: v.column.printed),
            "text": _joined([v.text for _, v in pairs], object),
            "unit": constant(lambda r, v: v.column.unit),
            "value": _joined([v.number for _, v in pairs], np.float64),
        },
        columns=OBSERVATION_COLUMNS,
    )  # fmt: skip


def _categories(values: list[str], sizes: list[int]) -> pd.Categorical:
    """Each value as often as its size says; categories in the order of their text."""
    categories, codes = np.unique(np.array(values, dtype=object), return_inverse=True)
    return pd.Categorical.from_codes(np.repeat(codes, sizes), categories=list(categories))


def _taken(parts: list[tuple[np.ndarray, np.ndarray]]) -> pd.Categorical:
    """Each part's texts (rows,) at its rows; one factorisation a text array, not one a value."""
    own: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    for texts, _ in parts:
        if id(texts) not in own:
            own[id(texts)] = pd.factorize(texts)
    every = [uniques for _, uniques in own.values()]
    categories = np.unique(_joined(every, object))
    place = {key: np.searchsorted(categories, uniques)[ids] for key, (ids, uniques) in own.items()}
    codes = _joined([place[id(texts)][rows] for texts, rows in parts], np.int64)
    return pd.Categorical.from_codes(codes, categories=list(categories))


def _joined(parts: list[np.ndarray], kind: type) -> np.ndarray:
    return np.concatenate(parts).astype(kind) if parts else np.empty(0, dtype=kind)


FINDING_COLUMNS = ["release", "file", "sheet", "cell", "severity", "found", "expected", "todo"]
TODO = "Read the page; what is wrong there is corrected in data/corrections.yml."


def findings(
    files: list[FileReading], table: pd.DataFrame, series: str, edition: int | str
) -> pd.DataFrame:
    """Notes taken while reading, zeros, values out of range, districts above their whole city."""
    told = [("warning", problem) for problem in check_zeros(table, series, edition)]
    notes = pd.DataFrame(
        [
            (n.release, n.file, n.sheet, n.cell, severity, n.found, n.expected, n.todo)
            for severity, n in [*(n for f in files for r in f.readings for n in r.notes), *told]
        ],
        columns=FINDING_COLUMNS,
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
        columns=FINDING_COLUMNS,
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
    plain = {name: rows[name].astype(str) for name in FINDING_COLUMNS[:4]}
    what = rows["variable"].astype(str) + ", " + rows["scope"].astype(str)
    found = rows["text"].astype(str) + " " + rows["unit"].astype(str) + " for " + what
    found = found + ", of " + rows["row_label"].astype(str)
    frame = pd.DataFrame({**plain, "severity": "warning", "found": found, "expected": expected})
    return frame.assign(todo=TODO)[FINDING_COLUMNS]


FULL = 0.9  # share of a year's cities from which a table is taken to list them all
LISTED = ("municipality", "prefecture-level city")


def note_missing_cities(files: list[FileReading], registry: Registry) -> None:
    """Add a note to each table of one year that lacks cities its fellows or the registry have.

    A row lost in a page would otherwise look like a city without data.
    """
    tables = _tables(files)
    seen = Counter(city for cities in tables.values() for city in cities)
    common = {city for city, count in seen.items() if 2 * count > len(tables) > 1}
    names = dict(zip(registry.cities["city_code"], registry.cities["name_zh"], strict=True))
    for reading, cities in tables.items():
        expected = set(common)
        if reading.year is not None:
            every = cities_of(registry, reading.year)
            if len(cities & every) >= FULL * len(every):
                expected |= every
        missing = sorted(expected - cities)
        if missing:
            reading.note(
                reading.columns[0].cell,
                f"no row of {', '.join(names[city] for city in missing[:20])}"
                + (f" and {len(missing) - 20} more" if len(missing) > 20 else "")
                + f" in {reading.title.printed!r}",
                "every city of that year, as in the other tables",
                "Read the page: a row may be lost.",
                "warning",
            )


def cities_of(registry: Registry, year: int) -> set[str]:
    """Municipalities and prefecture-level cities that a yearbook of a data year lists."""
    cities = registry.cities
    listed = cities["kind"].isin(LISTED) & ~(cities["last_year"] < year)
    names = registry.names.spellings
    not_yet = (
        (names["kind"] == "former")
        & ~names["name"].str.endswith("市")
        & (names["last_year"] >= year)
    )
    return set(cities.loc[listed, "city_code"]) - set(names.loc[not_yet, "city_code"])


def _tables(files: list[FileReading]) -> dict[Reading, frozenset[str]]:
    """First block of each table of one year, with the cities of all its blocks."""
    found: dict[tuple[str, str, str], tuple[Reading, set[str]]] = {}
    for reading in (reading for file in files for reading in file.readings):
        if reading.title.action == "read" and reading.year is not None and reading.cities:
            key = (reading.file, reading.sheet, reading.title.printed)
            found.setdefault(key, (reading, set()))[1].update(reading.cities)
    return {reading: frozenset(cities) for reading, cities in found.values()}


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
