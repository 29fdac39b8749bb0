"""A whole refresh of more and more cities: what each further value costs, early and late."""

from __future__ import annotations

import csv
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from oib_pipeline_tests.benchmarks.measure import apart, processor
from oib_pipeline_tests.benchmarks.refresh import SAMPLE, copy_data
from oib_pipeline_tests.benchmarks.storage_time import Stored
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
    """Seconds a million values where there are most cities, and where there are fewer.

    The time is that of a whole refresh beyond Dagster's own storage of events and runs, in a
    process of its own. The last row leaves out also what every refresh pays (imports, drawing): a
    further value where there are many beside one where there are few; sorting and grouping cost
    somewhat more than their share there.
    """
    with TemporaryDirectory() as folder:
        told = [_measured(Path(folder) / str(size), size) for size in (TINY if tiny else SIZES)]
    few, some, many = told
    sizes = f"{many['cities']:,} cities and {some['cities']:,}"
    return [
        *(
            share(f"a refresh of {sizes}: {what} a million values",
                  _each(many, name), _each(some, name), _each(many, name) / _each(some, name), 1)
            for what, name in (("seconds", "seconds"), ("processor's seconds", "cpu"))
        ),
        share(f"of {sizes}: processor's seconds a further million values, late and early",
              _further(some, many), _further(few, some),
              _further(some, many) / _further(few, some), None),
    ]  # fmt: skip


def _each(told: dict, name: str) -> float:
    return told[name] / told["values"] * 1e6


def _further(before: dict, after: dict) -> float:
    return (after["cpu"] - before["cpu"]) / (after["values"] - before["values"]) * 1e6


def _measured(home: Path, cities: int) -> dict:
    """Seconds by the clock and of the processor, and how many values were read."""
    import duckdb

    from oib_pipeline.registry.registry import load_registry
    from oib_pipeline.synthetic.release import write_releases

    copy_data(home, without=("raw", "studies"))
    (home / "studies").mkdir()
    (home / "studies" / "growth.yml").write_text(STUDY, encoding="utf-8")
    _all_in_the_sample(home / "registry", cities)
    write_releases(home / "raw", load_registry(home / "registry"))
    place = {"OIB_DATA": home, "OIB_RAW": home / "raw", "DAGSTER_HOME": home / "dagster"}
    told = apart("growth:refreshed", {name: str(path) for name, path in place.items()})
    with duckdb.connect(str(home / "warehouse" / "oib.duckdb"), read_only=True) as held:
        found = held.execute("SELECT count(*) FROM raw.raw_observations").fetchone()
    return {**told, "cities": cities, "values": int(found[0]) if found else 0}


def refreshed() -> dict:
    """Seconds and processor's seconds of a refresh, less those in Dagster's storage."""
    start, used = time.perf_counter(), processor()
    from oib_pipeline.cli import main

    stored = Stored()
    if main(["refresh"]):
        raise RuntimeError("the refresh failed")
    return {
        "seconds": time.perf_counter() - start - stored.seconds,
        "cpu": processor() - used - stored.cpu,
        "storage": stored.seconds,
    }


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
