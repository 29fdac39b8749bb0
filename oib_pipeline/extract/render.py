"""An inspection as text for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oib_pipeline.extract.header import Column
from oib_pipeline.extract.reading import Reading

if TYPE_CHECKING:
    from oib_pipeline.extract.inspect import Inspection

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
