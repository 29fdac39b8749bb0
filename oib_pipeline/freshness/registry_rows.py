"""What of the registry a stage can depend on, digested: for a study rows, for reading columns."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from oib_pipeline.contract.policies import DEMONSTRATION, documents_of
from oib_pipeline.freshness.digests import digest
from oib_pipeline.study import Study

Rows = tuple[dict[str, str], ...]

# What reading pages and naming places looks at: a coordinate or a source that is put right in a
# registry table changes nothing of what is read.
READ = {
    "cities": (
        "city_code", "name_zh", "name_en", "pinyin", "province_code", "province_zh",
        "province_en", "kind", "first_year", "last_year",
    ),
    "names": ("name", "city_code", "kind", "first_year", "last_year"),
    "former_codes": ("former_code", "city_code"),
    "counties": ("county_code", "name_zh", "prefecture_zh", "first_year", "last_year"),
}  # fmt: skip


def read_columns_digest(folder: Path, marks: dict[str, str], table: str) -> str:
    """Digest of those columns of a registry table that reading releases looks at.

    Parameters
    ----------
    marks
        Digest of each table's file: a table is read again when its own has changed.
    """
    rows = _rows(folder, table, marks.get(table, ""))
    return digest(*(row.get(name) or "" for row in rows for name in READ[table]))


def study_rows_digest(folder: Path, marks: dict[str, str], study: Study, table: str) -> str:
    """Digest of the rows of a registry table that a study can depend on.

    Parameters
    ----------
    marks
        Digest of each table's file: a table is read again when its own has changed.
    """
    cities = {
        row["city_code"]
        for row in _rows(folder, "samples", marks.get("samples", ""))
        if row.get("sample") == study.sample
    }
    rows = _rows(folder, table, marks.get(table, ""))
    if table == "documents":
        rows = _documents(rows, _rows(folder, "policies", marks.get("policies", "")), study)
    return digest(
        *(text for row in rows if _concerns(row, table, study, cities) for text in _flat(row))
    )


def _documents(documents: Rows, policies: Rows, study: Study) -> Rows:
    """Documents of the study's policy and of the one that every study marks.

    Which other policies a document belongs to is no matter of this study.
    """
    own: set[str] = set()
    for policy in (study.policy, DEMONSTRATION):
        own |= documents_of(policy, documents, policies)
    return tuple(
        {name: text for name, text in row.items() if name != "policies"}
        for row in documents
        if row.get("document") in own
    )


def _concerns(row: dict[str, str], table: str, study: Study, cities: set[str]) -> bool:
    if table == "samples":
        return row.get("sample") == study.sample
    if table == "policies":
        marked = row.get("policy") == DEMONSTRATION and row.get("city_code") in cities
        return marked or row.get("policy") == study.policy
    return row.get("city_code", "") in cities or "city_code" not in row


def _flat(row: dict[str, str]) -> list[str]:
    return [str(text) for pair in row.items() for text in pair]


@cache
def _rows(folder: Path, table: str, mark: str) -> Rows:
    path = folder / f"{table}.csv"
    if not mark or not path.is_file():
        return ()
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return tuple(csv.DictReader(handle))
