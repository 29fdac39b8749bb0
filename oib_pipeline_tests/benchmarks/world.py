"""A registry of as many cities as wished, for benchmarks of size."""

from __future__ import annotations

import csv
from pathlib import Path

DIGITS = "甲乙丙丁戊己庚辛壬癸"


def write_cities(registry: Path, cities: int) -> list[dict[str, str]]:
    """The registry's cities that hold in every year, and made-up ones after them up to a number."""
    path = registry / "cities.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        known = list(csv.DictReader(handle))
    lasting = [row for row in known if not row["first_year"] and not row["last_year"]]
    taken = {row["city_code"] for row in known}
    more = _made_up(lasting, taken, max(0, cities - len(lasting)))
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(known[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows([*known, *more])
    return [*lasting, *more][:cities]


def _made_up(like: list[dict[str, str]], taken: set[str], number: int) -> list[dict[str, str]]:
    made: list[dict[str, str]] = []
    serial = 0
    while len(made) < number:
        pattern = like[serial % len(like)]
        code = f"{pattern['province_code'][:2]}{1000 + serial // len(like):04d}"
        serial += 1
        if code in taken:
            continue
        taken.add(code)
        letters = "".join(DIGITS[int(digit)] for digit in f"{len(made):05d}")
        made.append(
            pattern
            | {
                "city_code": code,
                "name_zh": f"{letters}市",
                "name_en": f"Made Up {len(made)}",
                "pinyin": f"madeup{len(made)}",
                "kind": "prefecture-level city",
                "capital": "0",
            }
        )
    return made
