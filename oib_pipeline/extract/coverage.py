"""Cities a table leaves out although the edition, or the year, has them."""

from __future__ import annotations

from collections import Counter

from oib_pipeline.extract.reading import Reading
from oib_pipeline.extract.sheets import FileReading
from oib_pipeline.registry import Registry

FULL = 0.9  # share of a year's cities from which a table is taken to list them all
LISTED = ("municipality", "prefecture-level city")


def note_missing_cities(files: list[FileReading], registry: Registry) -> None:
    """Add a note to each table of one year that lacks cities its fellows or the registry have.

    A row lost in a page would otherwise look like a city without data.
    """
    tables = _tables(files)
    seen = Counter(city for cities in tables.values() for city in cities)
    common = {city for city, count in seen.items() if 2 * count > len(tables) > 1}
    names = dict(zip(registry.cities["city_code"], registry.cities["name_zh"], strict=True))
    for reading, cities in tables.items():
        expected = set(common)
        if reading.year is not None:
            every = cities_of(registry, reading.year)
            if len(cities & every) >= FULL * len(every):
                expected |= every
        missing = sorted(expected - cities)
        if missing:
            reading.note(
                reading.columns[0].cell,
                f"no row of {', '.join(names[city] for city in missing[:20])}"
                + (f" and {len(missing) - 20} more" if len(missing) > 20 else "")
                + f" in {reading.title.printed!r}",
                "every city of that year, as in the other tables",
                "Read the page: a row may be lost.",
                "warning",
            )


def cities_of(registry: Registry, year: int) -> set[str]:
    """Municipalities and prefecture-level cities that a yearbook of a data year lists."""
    cities = registry.cities
    listed = cities["kind"].isin(LISTED) & ~(cities["last_year"] < year)
    names = registry.names.spellings
    not_yet = (
        (names["kind"] == "former")
        & ~names["name"].str.endswith("市")
        & (names["last_year"] >= year)
    )
    return set(cities.loc[listed, "city_code"]) - set(names.loc[not_yet, "city_code"])


def _tables(files: list[FileReading]) -> dict[Reading, frozenset[str]]:
    """First block of each table of one year, with the cities of all its blocks."""
    found: dict[tuple[str, str, str], tuple[Reading, set[str]]] = {}
    for reading in (reading for file in files for reading in file.readings):
        if reading.title.action == "read" and reading.year is not None and reading.cities:
            key = (reading.file, reading.sheet, reading.title.printed)
            found.setdefault(key, (reading, set()))[1].update(reading.cities)
    return {reading: frozenset(cities) for reading, cities in found.values()}
