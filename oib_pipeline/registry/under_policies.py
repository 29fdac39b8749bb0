"""Cities under policies: their rows in policies.csv, and what is said of those that are there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from oib_pipeline.contract.errors import OibError
from oib_pipeline.registry.editing import OWN, Row, Table


def rows_under(under: Table, code: str, policies: Collection[str]) -> list[Row]:
    """Rows of policies.csv that have a city under one of some policies."""
    return [row for row in under.rows if row["city_code"] == code and row["policy"] in policies]


def known_already(row: Row) -> str:
    """That a city which came into a sample is under a policy already."""
    return (
        f"policies.csv: {row['city_code']} is under {row['policy']} already, so it is treated "
        f"from {row['start_year']}; if that is wrong, edit or delete its row there"
    )


def stays(row: Row, others: Sequence[str]) -> str:
    """That a city which left a sample stays under a policy, and what to do about it.

    Parameters
    ----------
    others
        Samples that have the city still.
    """
    start = f"policies.csv: {row['city_code']} stays under {row['policy']}"
    if others:
        return f"{start}, for it is in {', '.join(others)} too"
    return (
        f"{start} from {row['start_year']} (source: {row['source']}): added to a sample again it "
        "is treated; if it is not to be, delete its row there"
    )


def row_to_add(code: str, treated: Mapping[str, str], policies: Table) -> Row | None:
    """The row of a city under a policy; none without a policy, or where it is there already."""
    name = treated.get("policy")
    rows = [row for row in policies.rows if row["policy"] == name]
    if not name or any(row["city_code"] == code for row in rows):
        return None
    row = {"policy": name, "city_code": code, "source": OWN}
    for column in ("start_year", "document"):
        values = sorted({other[column] for other in rows})
        if not treated.get(column) and len(values) != 1:
            told = ", ".join(values) or "no city yet"
            raise OibError(
                f"the policy {name} has {told} as {column}: give --{column.replace('_', '-')}"
            )
        row[column] = treated.get(column) or values[0]
    return row
