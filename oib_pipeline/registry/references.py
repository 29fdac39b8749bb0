"""What one table of the registry says of a city or document that another does not have."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from oib_pipeline.contract.errors import OibError
from oib_pipeline.contract.policies import policies_named

HOMES = {"city_code": "cities", "document": "documents"}
USERS = {
    "city_code": ("names", "former_codes", "samples", "policies", "borders"),
    "document": ("policies",),
}
TODO = {
    "city_code": "add the city to cities.csv, or, if it was recoded, give the new code here too",
    "document": "add the document to documents.csv, or, if it was renamed, give the new name here "
    "too",
    "policies": "take the policy out of the column policies, or, if it was renamed, give the new "
    "name here too",
}
FEW = 8
FEW_LINES = 4


def hold_references(frames: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Every city, document and policy that a table names is in the table of its kind.

    Raises
    ------
    OibError
        Naming the files, lines and values that contradict, and what to do.
    """
    problems, todo = [], []
    for column, home in HOMES.items():
        known = frames[home][column]
        found = [
            f"{table}.csv, {told} is not in {home}.csv"
            for table in USERS[column]
            for told in _unknown(frames[table][column], known)
        ]
        problems += found
        todo += [TODO[column]] if found else []
    found = _policies_unknown(frames)
    problems += found
    todo += [TODO["policies"]] if found else []
    if len(problems) == 1:
        raise OibError(f"{folder / problems[0]}: {todo[0]}")
    if problems:
        more = [f"and {len(problems) - FEW} more"] if len(problems) > FEW else []
        told = [f"the registry in {folder} contradicts itself:", *problems[:FEW], *more]
        raise OibError("\n".join(["\n  ".join(told), *todo]))


def _policies_unknown(frames: Mapping[str, pd.DataFrame]) -> list[str]:
    """Each policy that a document names and policies.csv does not have, with its lines."""
    named = frames["documents"]["policies"].map(policies_named).explode().dropna()
    known = frames["policies"]["policy"]
    return [
        f"documents.csv, {told} is not in policies.csv"
        for told in _unknown(named.rename("policy"), known)
    ]


def _unknown(column: pd.Series, known: pd.Series) -> list[str]:
    """Each value that is not known, with its lines."""
    values = column[~column.isin(known)]
    return [
        f"{_lines([int(row) + 2 for row in rows])}: {column.name} {value!r}"
        for value, rows in values.groupby(values, sort=False).groups.items()
    ]


def _lines(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:FEW_LINES]))
    more = f" and {len(numbers) - FEW_LINES} more" if len(numbers) > FEW_LINES else ""
    return f"line{'s' * (len(numbers) > 1)} {shown}{more}"
