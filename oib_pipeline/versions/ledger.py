"""The ledger of what the warehouse holds: the fingerprint each slice was made from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from oib_pipeline.warehouse import Warehouse, reading

if TYPE_CHECKING:
    import pandas as pd


TABLE = "meta_slices"


@dataclass(frozen=True)
class Held:
    """A release in the warehouse."""

    release: str
    series: str
    synthetic: bool
    raw_dir: str


@dataclass(frozen=True)
class Ledger:
    """Fingerprints by (stage, part), the releases held, and what each slice was made of."""

    fingerprints: Mapping[tuple[str, str], str]
    releases: Mapping[str, Held]
    made_of: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def components(self, stage: str, part: str) -> dict[str, str]:
        """What a slice was made of, by ``kind/name``; empty where that was not noted."""
        found: dict[str, str] = json.loads(self.made_of.get((stage, part)) or "{}")
        return found

    def parts(self, stage: str) -> dict[str, str]:
        """Fingerprint of each part of a stage."""
        return {part: mark for (name, part), mark in self.fingerprints.items() if name == stage}


CITY = "core_city_year/city"


def read_ledger(warehouse: Warehouse) -> Ledger:
    """The ledger as the warehouse has it; empty where there is no warehouse yet."""
    sql = "SELECT release, series, synthetic, raw_dir FROM raw.raw_releases"
    with reading(warehouse):
        rows = warehouse.rows(f"SELECT * FROM meta.{TABLE}", needs=TABLE)
        held = [Held(*row) for row in warehouse.rows(sql, needs="raw_releases")]
    return Ledger(
        {(str(row[0]), str(row[1])): str(row[2]) for row in rows},
        {release.release: release for release in held},
        {(str(row[0]), str(row[1])): str(row[3]) for row in rows if row[3:] and row[3]},
    )


def entries(
    stage: str, marks: Mapping[str, str], made_of: Mapping[str, Mapping[str, str]] | None = None
) -> tuple[str, pd.DataFrame, dict]:
    """Ledger rows of some parts of a stage, as a slice to write beside what they stand for."""
    import pandas as pd

    noted = made_of or {}
    rows = pd.DataFrame(
        {
            "stage": stage,
            "part": list(marks),
            "fingerprint": list(marks.values()),
            "made_of": [json.dumps(noted.get(part, {}), ensure_ascii=False) for part in marks],
        },
        dtype="str",
    )
    return TABLE, rows, {"stage": stage, "part": list(marks)}


def removed_entries(stage: str, parts: Iterable[str]) -> tuple[str, pd.DataFrame, dict]:
    """A slice that strikes parts of a stage from the ledger."""
    table, rows, where = entries(stage, dict.fromkeys(parts, ""))
    return table, rows.iloc[:0], where
