"""inspect_path: what a file would give, and what differs from the last edition."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from oib_pipeline.contract.errors import Problem, SourceError
from oib_pipeline.contract.manifest import (
    Release,
    find_releases,
    manifest_of,
    read_release,
    sha256,
    verify,
)
from oib_pipeline.contract.variables import factor
from oib_pipeline.extract.draft import at_odds, draft_manifest, provisional
from oib_pipeline.extract.file import FileReading
from oib_pipeline.extract.parse.header import Column
from oib_pipeline.extract.parse.reading import Reading
from oib_pipeline.extract.read_files import read_files
from oib_pipeline.extract.release import assemble, findings, note_missing_cities, nothing_read
from oib_pipeline.extract.validate.completeness import missing_years
from oib_pipeline.registry.registry import Registry

JUMP = 3.0  # a median this many times another is told of; yearly growth stays far below


@dataclass
class Summary:
    """What an edition holds, by title and by (variable, scope)."""

    titles: set[str] = field(default_factory=set)
    headers: dict[str, set[str]] = field(default_factory=dict)
    units: dict[tuple[str, str], str] = field(default_factory=dict)
    cities: set[str] = field(default_factory=set)
    median: dict[tuple[str, str], float] = field(default_factory=dict)


def differences(before: list[FileReading], now: list[FileReading]) -> list[str]:
    """Lines for a person, in a fixed order; empty where nothing changed."""
    old, new = _summary(before), _summary(now)
    lines = [f"table new: {title}" for title in sorted(new.titles - old.titles)]
    lines += [f"table gone: {title}" for title in sorted(old.titles - new.titles)]
    for title in sorted(old.titles & new.titles):
        was, has = old.headers.get(title, set()), new.headers.get(title, set())
        lines += [f"header new in {title}: {key}" for key in sorted(has - was)]
        lines += [f"header gone from {title}: {key}" for key in sorted(was - has)]
    lines += _variables(old, new)
    gone, come = sorted(old.cities - new.cities), sorted(new.cities - old.cities)
    lines += [f"cities no longer there ({len(gone)}): {', '.join(gone)}"] if gone else []
    lines += [f"cities new ({len(come)}): {', '.join(come)}"] if come else []
    return lines


def _variables(old: Summary, new: Summary) -> list[str]:
    lines = []
    for name, scope in sorted(old.units.keys() | new.units.keys()):
        pair = (name, scope)
        if pair not in new.units:
            lines.append(f"variable gone: {name} ({scope})")
        elif pair not in old.units:
            lines.append(f"variable new: {name} ({scope}), in {new.units[pair]}")
        else:
            if old.units[pair] != new.units[pair]:
                lines.append(f"unit of {name} ({scope}): {old.units[pair]} -> {new.units[pair]}")
            ratio = new.median[pair] / old.median[pair] if old.median.get(pair) else 1.0
            if np.isfinite(ratio) and not 1 / JUMP < ratio < JUMP:
                lines.append(
                    f"magnitude of {name} ({scope}): its median is {ratio:.3g} times the one before"
                )
    return lines


def _summary(files: list[FileReading]) -> Summary:
    summary = Summary()
    values: dict[tuple[str, str], list[np.ndarray]] = {}
    for reading in (reading for file in files for reading in file.readings):
        title = reading.rule.title if reading.rule else reading.title.printed
        summary.titles.add(title)
        if reading.title.action != "read":
            continue
        keys = {column.key for column in reading.columns if column.key}
        summary.headers.setdefault(title, set()).update(keys)
        summary.cities |= reading.cities
        for held in reading.held.columns if reading.held else []:
            column = held.column
            pair = (column.variable, column.scope)
            summary.units.setdefault(pair, column.unit)
            scale = factor(column.variable, column.unit) or 1.0
            values.setdefault(pair, []).append(held.number * scale)
    for pair, parts in values.items():
        numbers = np.concatenate(parts)
        summary.median[pair] = float(np.median(numbers)) if len(numbers) else float("nan")
    return summary


@dataclass(frozen=True)
class Inspection:
    """What was found; nothing is written.

    ``files`` are the readings, ``problems`` all that refuses the release, ``findings`` what to know
    although it loads, ``differences`` what changed since ``previous``, ``draft`` a manifest to
    complete where there is none.
    """

    release: Release
    files: list[FileReading]
    problems: list[Problem]
    n_observations: int
    findings: pd.DataFrame
    previous: str = ""
    differences: list[str] = field(default_factory=list)
    draft: str = ""

    @property
    def loads(self) -> bool:
        """Whether the release would load as it is."""
        return not self.problems

    def text(self) -> str:
        """All of it for a terminal."""
        return render(self)


def inspect_path(
    path: Path,
    registry: Registry,
    manifests_dir: Path | None = None,
    previous: Path | None = None,
    series: str = "",
    edition: int | str = "",
) -> Inspection:
    """Inspect one workbook, or a folder of them.

    Without a manifest ``series`` and ``edition`` say what it is, or else the folder's name
    as far as it goes, and a manifest is drafted. What is given and a manifest, or the folder's
    name, has otherwise is a problem. ``previous`` is the folder to compare with; by
    default the latest earlier edition of the series beside this one.

    Raises
    ------
    SourceError
        Where the path is nothing that can be inspected, or its series is not known.
    """
    path = Path(path).resolve()
    folder = path if path.is_dir() else path.parent
    manifest = manifest_of(folder, manifests_dir)
    problems: list[Problem] = []
    draft = ""
    if manifest is None:
        release = provisional(folder, series, edition, path.name if path.is_file() else "")
        draft = draft_manifest(folder, series, edition)
        if path.is_dir():
            problems.append(_needs_manifest(folder))
    else:
        release = read_release(folder, manifest)
        problems += [p for p in verify(release) if path.is_dir() or p.file == path.name]
    problems += at_odds(folder, series, edition, None if manifest is None else release)
    if path.is_file():
        release = release.model_copy(update={"files": {path.name: sha256(path)}})
    files = list(read_files(release, registry))
    note_missing_cities(files, registry)
    problems += [problem for file in files for problem in file.all_problems]
    observations, _ = assemble(release, files, problems)
    if path.is_dir():
        problems += nothing_read(release, files, problems, len(observations))
    if manifest is not None and path.is_dir():
        refused = {problem.file for problem in problems}  # its years are lost with the rest of it
        problems += [p for p in missing_years(release, observations) if p.file not in refused]
    earlier = (previous or _previous(release, manifests_dir)) if path.is_dir() else None
    before = _read_earlier(earlier, manifests_dir, registry) if earlier else None
    return Inspection(
        release,
        files,
        problems,
        len(observations),
        findings(files, observations, release.series, release.edition),
        earlier.name if earlier and before else "",
        differences(before, files) if before else [],
        draft,
    )


def _needs_manifest(folder: Path) -> Problem:
    return Problem(
        release=folder.name,
        found="no manifest",
        expected=f"release.yml in the folder, or data/manifests/{folder.name}.yml",
        todo="Complete the draft below and save it there.",
    )


def _previous(release: Release, manifests_dir: Path | None) -> Path | None:
    """Folder of the latest earlier edition of a release's series beside it."""
    if not isinstance(release.edition, int):
        return None
    earlier = []
    for found in find_releases(release.folder.parent, manifests_dir):
        if found.manifest is None or found.release == release.release:
            continue
        try:
            other = read_release(found.folder, found.manifest)
        except SourceError:
            continue
        same = (other.series, other.synthetic) == (release.series, release.synthetic)
        if same and isinstance(other.edition, int) and other.edition < release.edition:
            earlier.append((other.edition, found.folder))
    return max(earlier)[1] if earlier else None


def _read_earlier(
    folder: Path, manifests_dir: Path | None, registry: Registry
) -> list[FileReading]:
    manifest = manifest_of(folder, manifests_dir)
    release = read_release(folder, manifest) if manifest else provisional(Path(folder).resolve())
    return list(read_files(release, registry))


SHOWN = 200


def render(inspection: Inspection) -> str:
    """Tables, problems, differences and the verdict, in that order."""
    release = inspection.release
    first, last = release.data_years
    years = f"{first}" if first == last else f"{first}-{last}"
    edition = f"series {release.series}, edition {release.edition}, data {years}"
    lines = [f"{release.release}: {edition}, {len(release.files)} files"]
    for file in inspection.files:
        for group in _tables(file.readings):
            lines += ["", *_table(group)]
        lines += [
            f"  passed over: {file.file}, {sheet!r} {title}: {reason}"
            for sheet, title, reason in file.skipped
            if (sheet, title) not in {(r.sheet, r.title.printed) for r in file.readings}
        ]
    lines += _findings(inspection)
    lines += _changes(inspection)
    if inspection.problems:
        count = len(inspection.problems)
        lines += ["", f"{count} problem{'s' * (count > 1)}:"]
        lines += [f"  - {problem.text()}" for problem in inspection.problems[:SHOWN]]
        lines += [f"  ... and {count - SHOWN} more"] if count > SHOWN else []
    if inspection.draft:
        lines += ["", "A manifest to complete:", "", inspection.draft.rstrip()]
    verdict = f"would load: {inspection.n_observations:,} values"
    lines += ["", verdict if inspection.loads else "would NOT load; see the problems above"]
    return "\n".join(lines)


def _tables(readings: list[Reading]) -> list[list[Reading]]:
    """Blocks of one table together."""
    groups: dict[tuple[str, str], list[Reading]] = {}
    for reading in readings:
        groups.setdefault((reading.sheet, reading.title.printed), []).append(reading)
    return list(groups.values())


def _table(blocks: list[Reading]) -> list[str]:
    first = blocks[0]
    title = first.title.printed or (first.rule.title if first.rule else "(no title)")
    sheet = f", sheet {first.sheet!r}" if first.sheet else ""
    head = f"{first.file}{sheet}: {title}"
    if first.title.action == "skip":
        return [f"{head}\n  skipped: {first.title.reason}"]
    cities = frozenset().union(*(block.cities for block in blocks))
    facts = [
        f"{first.title.action}",
        f"data year {first.year}" if first.year else "data year in each row or header",
        f"{len(blocks)} block{'s' * (len(blocks) > 1)}",
        f"{len(cities)} cities",
    ]
    lines = [head, "  " + ", ".join(facts)]
    lines += ["  " + _column(column) for column in first.columns if column.printed]
    ignored = sorted({label for block in blocks for label in block.ignored})
    unknown = sorted({label for block in blocks for label in block.unknown})
    lines += [f"  rows of no use: {', '.join(ignored[:20])}"] if ignored else []
    bad = [f"{one.cell} {one.text!r}" for block in blocks for one in block.bad]
    more = f" and {len(bad) - 20} more" if len(bad) > 20 else ""
    lines += [f"  no numbers: {', '.join(bad[:20])}{more}"] if bad else []
    lines += [f"  unknown names: {', '.join(unknown)}"] if unknown else []
    return lines


def _column(column: Column) -> str:
    wording = " ".join(column.key.split()) or column.printed
    if column.variable:
        meaning = f"{column.variable}, {column.scope or '?'}, {column.unit or '?'}"
    elif column.rule is not None:
        meaning = f"not wanted ({column.rule.note})"
    else:
        meaning = f"UNKNOWN (nearest: {column.near})" if column.near else "UNKNOWN"
    return f"{column.cell}: {wording} -> {meaning}"


def _findings(inspection: Inspection) -> list[str]:
    rows = inspection.findings
    if rows.empty:
        return []
    lines = [
        f"  {row.severity}: {row.file}, {row.cell}: {row.found}; expected {row.expected}"
        for row in rows.head(SHOWN).itertuples()
    ]
    more = [f"  ... and {len(rows) - SHOWN} more"] if len(rows) > SHOWN else []
    return ["", f"{len(rows)} finding{'s' * (len(rows) > 1)}:", *lines, *more]


def _changes(inspection: Inspection) -> list[str]:
    if not inspection.previous:
        return []
    lines = inspection.differences or ["nothing"]
    return ["", f"since {inspection.previous}:", *(f"  {line}" for line in lines)]
