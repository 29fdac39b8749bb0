"""Cells that are no number: a mark that repeats is one fault for its table, others one a cell."""

from __future__ import annotations

from collections.abc import Iterable

from oib_pipeline.contract.errors import Problem
from oib_pipeline.extract.advice import line
from oib_pipeline.extract.delimited import DECIMAL_COMMA
from oib_pipeline.extract.grid import column_letters
from oib_pipeline.extract.reading import Bad, Reading

OFTEN = 3  # a text without figures that stands this often is a mark, not damage
SHOWN = 12


def bad_values(readings: Iterable[Reading], series: str, edition: int | str) -> list[Problem]:
    """Faults of all the values of a file that are no numbers, in the order they are met."""
    bad = [(reading, one) for reading in readings for one in reading.bad]
    count: dict[str, int] = {}
    for _, one in bad:
        count[one.text] = count.get(one.text, 0) + 1
    problems: list[Problem] = []
    commas = [(r, one) for r, one in bad if DECIMAL_COMMA.fullmatch(one.text)]
    if len(commas) >= OFTEN:
        problems.append(_commas(*commas[0], len(commas)))
        bad = [(r, one) for r, one in bad if not DECIMAL_COMMA.fullmatch(one.text)]
    told: set[str] = set()
    shown: dict[tuple[str, int], int] = {}
    for reading, one in bad:
        place = (reading.sheet, one.column)
        if _is_mark(one.text, count[one.text]):
            if one.text not in told:
                told.add(one.text)
                cells = [b.cell for r, b in bad if b.text == one.text and r.sheet == reading.sheet]
                problems.append(_mark(reading, one, cells, count[one.text], series, edition))
            continue
        shown[place] = shown.get(place, 0) + 1
        if shown[place] <= SHOWN:
            problems.append(_damage(reading, one))
        elif shown[place] == SHOWN + 1:
            rest = sum(
                (r.sheet, b.column) == place and not _is_mark(b.text, count[b.text]) for r, b in bad
            )
            problems.append(
                reading.problem(
                    column_letters(one.column),
                    f"{rest - SHOWN:,} more values in this column that are no number",
                    "numbers",
                    "Mend those above first.",
                )
            )
    return problems


def _commas(reading: Reading, one: Bad, count: int) -> Problem:
    return reading.problem(
        one.cell,
        f"{count:,} numbers with a comma, {one.text!r} the first: a decimal comma",
        "numbers with a decimal point",
        "Save the file with decimal points; a comma that parts thousands has to be taken out.",
    )


def _is_mark(text: str, count: int) -> bool:
    return count >= OFTEN and not any(sign.isdigit() for sign in text)


def _mark(
    reading: Reading, one: Bad, cells: list[str], count: int, series: str, edition: int | str
) -> Problem:
    years = {"first_edition": str(edition), "last_edition": str(edition)}
    row = line("missing", series=series, mark=one.text,
               **(years if isinstance(edition, int) else {}))  # fmt: skip
    where = ", ".join(cells[:3]) + (" ..." if len(cells) > 3 else "")
    return reading.problem(
        one.cell,
        f"{one.text!r} in {count:,} cells ({where})",
        "numbers, or a mark of layouts/missing.csv",
        f"If it means that there is no value, add {row} to layouts/missing.csv, with what the "
        "edition says of it.",
    )


def _damage(reading: Reading, one: Bad) -> Problem:
    row = line("cells", release=reading.release, file=reading.file, sheet=reading.sheet,
               cell=one.cell, text=one.text, use="")  # fmt: skip
    return reading.problem(
        one.cell,
        f"{one.text!r}",
        "a number",
        f"Read the page; then add {row} to layouts/cells.csv, with the number under `use` "
        "(blank where it cannot be read) and what the page shows under `reason`.",
    )
