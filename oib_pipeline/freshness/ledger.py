"""The ledger of what the warehouse holds: the fingerprint each slice was made from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oib_pipeline.warehouse import Warehouse

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
    """Fingerprints by (stage, part), and the releases held."""

    fingerprints: Mapping[tuple[str, str], str]
    releases: Mapping[str, Held]

    def parts(self, stage: str) -> dict[str, str]:
        """Fingerprint of each part of a stage."""
        return {part: mark for (name, part), mark in self.fingerprints.items() if name == stage}


CITY = "core_city_year/city"


def read_ledger(warehouse: Warehouse) -> Ledger:
    """The ledger as the warehouse has it; empty where there is no warehouse yet."""
    marks = warehouse.rows(f"SELECT stage, part, fingerprint FROM meta.{TABLE}", needs=TABLE)
    sql = "SELECT release, series, synthetic, raw_dir FROM raw.raw_releases"
    held = [Held(*row) for row in warehouse.rows(sql, needs="raw_releases")]
    return Ledger(
        {(str(stage), str(part)): str(mark) for stage, part, mark in marks},
        {release.release: release for release in held},
    )


def entries(stage: str, marks: Mapping[str, str]) -> tuple[str, pd.DataFrame, dict]:
    """Ledger rows of some parts of a stage, as a slice to write beside what they stand for."""
    import pandas as pd

    rows = pd.DataFrame(
        {"stage": stage, "part": list(marks), "fingerprint": list(marks.values())}, dtype="str"
    )
    return TABLE, rows, {"stage": stage, "part": list(marks)}


def erased(stage: str, parts: Iterable[str]) -> tuple[str, pd.DataFrame, dict]:
    """A slice that strikes parts of a stage from the ledger."""
    table, rows, where = entries(stage, dict.fromkeys(parts, ""))
    return table, rows.iloc[:0], where
