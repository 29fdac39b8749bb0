"""Data years a series is known not to have of a variable, each with the reason."""

from __future__ import annotations

from functools import cache

from oib_pipeline.contract.errors import OibError
from oib_pipeline.contract.variables import read_table, variables

TABLE = "absent_years.csv"


@cache
def absent_years() -> dict[tuple[str, str, str], dict[int, str]]:
    """Reason by year, for each series, variable and scope of ``absent_years.csv``.

    Raises
    ------
    OibError
        Naming the row whose variable is unknown, whose years are none, or which gives no reason.
    """
    found: dict[tuple[str, str, str], dict[int, str]] = {}
    for number, row in enumerate(read_table(TABLE), start=2):
        where = f"contract/{TABLE}, line {number}"
        if not row["reason"].strip():
            raise OibError(f"{where}: the reason is missing")
        for name in row["variables"].split():
            if name not in variables():
                raise OibError(f"{where}: {name!r} is not in contract/variables.csv")
            years = found.setdefault((row["series"], name, row["scope"]), {})
            years |= dict.fromkeys(_years(row["years"], where), row["reason"])
    return found


def _years(text: str, where: str) -> list[int]:
    """Years of '1998 2000-2002'."""
    years: list[int] = []
    for part in text.split():
        first, _, last = part.partition("-")
        if not (first.isdigit() and (last or first).isdigit()):
            raise OibError(f"{where}: {part!r} is no year and no span like 2000-2002")
        years += range(int(first), int(last or first) + 1)
    return years
