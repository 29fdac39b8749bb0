"""Cities whose chosen values changed: the content of ``core_sources``, digested city by city."""

from __future__ import annotations

from oib_pipeline.freshness.digests import digest
from oib_pipeline.freshness.fingerprints import stage_code
from oib_pipeline.freshness.ledger import CITY, Ledger
from oib_pipeline.warehouse import Warehouse

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
