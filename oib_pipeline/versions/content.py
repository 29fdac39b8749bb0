"""Content of a study and of each city, so that equal data stop the flow."""

from __future__ import annotations

from collections.abc import Sequence

from oib_pipeline.contract.tables import tables
from oib_pipeline.study import Study
from oib_pipeline.versions.data_version import Chain, Slice, stage_code, study_stages
from oib_pipeline.versions.digests import digest
from oib_pipeline.versions.ledger import CITY, Ledger
from oib_pipeline.warehouse import Warehouse

CONTENT = "core_study_panel/content"
CITIES = ("core_indices", "core_sources", "core_conflicts", "core_findings")


def content_digest(
    warehouse: Warehouse, study: Study, sample: Sequence[str], releases: Sequence[str]
) -> str:
    """Digest of all rows that a study's panel, estimates and report are made from.

    Parameters
    ----------
    sample
        Codes of its cities.
    releases
        Releases its order of sources takes values from.
    """
    cities, names = (", ".join(f"'{_safe(x)}'" for x in many) for many in (sample, releases))
    order = _safe(study.precedence)
    marks = [
        _mark(
            warehouse,
            table,
            f"precedence = '{order}' AND scope = '{study.scope}' AND city_code IN ({cities})",
        )
        for table in CITIES
    ]
    marks += [
        _mark(warehouse, table, f"release IN ({names})", but="raw_dir")
        for table in ("raw_releases", "raw_skipped")
    ]
    return digest(*marks)


def unchanged_studies(
    chain: Chain, stale: Sequence[Slice], contents: dict[str, str]
) -> dict[str, list[Slice]]:
    """Studies that are stale only because something before them was made anew to the same content.

    Returns
    -------
    dict
        The stages of each such study, all of which can be noted as they are.
    """
    found = {}
    for name, content in contents.items():
        if chain.ledger.fingerprints.get((CONTENT, name)) != content:
            continue
        keys = [(stage, name) for stage in study_stages(chain.inputs.studies[name])]
        made = all(
            key in chain.ledger.fingerprints
            and chain.ledger.components(*key) == chain.made_of(*key)
            for key in keys
        )
        if made and any(key in stale for key in keys):
            found[name] = keys
    return found


def _mark(warehouse: Warehouse, table: str, where: str, but: str = "") -> str:
    columns = [name for name in tables()[table].columns if name != but]
    sql = (
        f"SELECT count(*), bit_xor(md5_number(concat_ws('|', {_told(columns)}))) "
        f"FROM {tables()[table].qualified} WHERE {where}"
    )
    rows = warehouse.rows(sql, needs=table)
    return f"{table} {rows[0] if rows else 0}"


def _told(columns: Sequence[str]) -> str:
    """Every column as text, a missing one told from a blank one."""
    return ", ".join(f'coalesce("{name}"::VARCHAR, chr(0))' for name in columns)


def _safe(text: str) -> str:
    return text.replace("'", "''")


_SQL = """
SELECT city_code, count(*), bit_xor(md5_number(
    concat_ws('|', precedence, year, scope, variable, printf('%.17g', value))))
FROM core.core_sources WHERE chosen GROUP BY city_code ORDER BY city_code
"""


def city_marks(warehouse: Warehouse) -> dict[str, str]:
    """Fingerprint of each city in ``core_city_year`` as its chosen values and the code make it."""
    code = stage_code("core_city_year")
    return {
        str(city): digest(code, str(count), str(content))
        for city, count, content in warehouse.rows(_SQL, needs="core_sources")
    }


def changed_cities(marks: dict[str, str], ledger: Ledger) -> list[str]:
    """Cities to make anew, those that lost all their values among them; sorted."""
    held = ledger.parts(CITY)
    return sorted(city for city in {*marks, *held} if marks.get(city) != held.get(city))
