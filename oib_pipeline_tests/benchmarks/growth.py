"""A whole refresh of more and more cities: what each further value costs, early and late."""

from __future__ import annotations

import csv
from pathlib import Path
from tempfile import TemporaryDirectory

from oib_pipeline_tests.benchmarks.refresh import SAMPLE, copy_data, cost, refreshed
from oib_pipeline_tests.benchmarks.table import Row, share
from oib_pipeline_tests.benchmarks.world import write_cities

SIZES, TINY = (300, 900, 2_700), (300, 350, 400)
STUDY = """name: growth
title: A short study of many made-up cities
policy: relocation_2014
sample: old_industrial_120
scope: whole_city
years: [2010, 2018]
outcomes: [ais, theil]
controls: [ln_gdp_per_capita, population_density]
sources: [ccsy]
synthetic: true
results: [descriptive, baseline]
"""


def rows(tiny: bool = False) -> list[Row]:
    """Seconds a million values between the two larger worlds, beside those between the smaller.

    Differences leave out what every refresh pays (imports, Dagster's storage of its few runs). Each
    size is refreshed once, in a process of its own, with as many editions; the aim is that a value
    costs no more where there are many.
    """
    with TemporaryDirectory() as folder:
        told = [_measured(Path(folder) / str(size), size) for size in (TINY if tiny else SIZES)]
    return [
        share(f"a refresh's {what} a million values, late and early", late, early, late / early, 1)
        for what, place in (("seconds", 0), ("processor's seconds", 1))
        for early, late in [_marginal(told, place)]
    ]


def _marginal(told: list[tuple[float, float, int]], place: int) -> tuple[float, float]:
    """Seconds a million values from the first size to the second, and on to the third."""
    few, some, many = told
    early = (some[place] - few[place]) / (some[2] - few[2])
    late = (many[place] - some[place]) / (many[2] - some[2])
    return early * 1e6, late * 1e6


def _measured(home: Path, cities: int) -> tuple[float, float, int]:
    """Seconds by the clock and of the processor, and how many values were read."""
    import duckdb

    from oib_pipeline.registry import load_registry
    from oib_pipeline.sample.write import write_releases

    copy_data(home, without=("raw", "studies"))
    (home / "studies").mkdir()
    (home / "studies" / "growth.yml").write_text(STUDY, encoding="utf-8")
    _all_in_the_sample(home / "registry", cities)
    write_releases(home / "raw", load_registry(home / "registry"))
    wall, processor = cost(lambda: refreshed(home))
    with duckdb.connect(str(home / "warehouse" / "oib.duckdb"), read_only=True) as held:
        found = held.execute("SELECT count(*) FROM raw.raw_observations").fetchone()
    return wall, processor, int(found[0]) if found else 0


def _all_in_the_sample(registry: Path, cities: int) -> None:
    """Give the registry so many cities, those made up for the purpose as members of the sample."""
    path = registry / "samples.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        members = list(csv.DictReader(handle))
    more = [row for row in write_cities(registry, cities) if row["name_en"].startswith("Made Up")]
    like = members[-1] | {"named_district_zh": ""}
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(like), lineterminator="\n")
        writer.writeheader()
        writer.writerows(members)
        writer.writerows(like | {"sample": SAMPLE, "city_code": row["city_code"]} for row in more)
