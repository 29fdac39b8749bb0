"""A city added, beside everything made anew: from the sample, and from an archive of many years."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from oib_pipeline_tests.benchmarks.measure import ROOT, pair_of
from oib_pipeline_tests.benchmarks.refresh import SAMPLE, anew, copy_data, cost, python, refreshed
from oib_pipeline_tests.benchmarks.table import Row, share

STUDY = "relocation_2014"
TIMES = 7  # the nine editions of the sample, each under so many names: 63 releases
OUTSIDE = """SELECT city_code FROM core.core_indices WHERE scope = 'districts'
  AND year BETWEEN 2010 AND 2018 AND ais IS NOT NULL AND theil IS NOT NULL
  AND population_density IS NOT NULL AND land_marketization IS NOT NULL
  AND enterprise_density IS NOT NULL AND road_area_per_capita IS NOT NULL
  AND city_code NOT IN (SELECT city_code FROM core.core_study_panel)
  GROUP BY city_code HAVING count(*) = 9 ORDER BY city_code LIMIT 1"""

Cost = tuple[float, float]


def rows(tiny: bool = False) -> list[Row]:
    """The sample's nine releases of 152 cities, then 63 releases of all cities there are.

    Twice each: a city that enters the study's sample, so that all of its estimates, its report and
    the city's page are made, with the aim of a third; and, without an aim, a city outside every
    study that gets another code, by which all releases are read and put side by side again.
    """
    with TemporaryDirectory() as folder:
        small, large = Path(folder) / "small" / "data", Path(folder) / "large" / "data"
        copy_data(small)
        found = _added("the sample", small, 1 if tiny else 2)
        if not tiny:
            write_archive(large)
            found += _added("63 releases of all cities", large, 2)
        return found


def write_archive(home: Path) -> None:
    """A data folder as it is after decades: every city of the registry, dozens of releases."""
    from oib_pipeline.registry.registry import load_registry
    from oib_pipeline.synthetic.release import write_releases

    copy_data(home, without=("raw",))
    _all_members(home / "registry")
    write_releases(home / "raw", load_registry(home / "registry"))
    _registry_as_it_was(home)
    for release in sorted(path for path in (home / "raw").iterdir() if path.is_dir()):
        for number in range(2, TIMES + 1):
            again = shutil.copytree(release, release.with_name(f"{release.name}-{number}"))
            manifest = again / "release.yml"
            text = manifest.read_text(encoding="utf-8")
            named = text.replace(f"release: {release.name}\n", f"release: {again.name}\n")
            manifest.write_text(named, encoding="utf-8")


def _all_members(registry: Path) -> None:
    """Every city that holds in all years as a member of the sample: its writer prints members."""
    with (registry / "cities.csv").open(encoding="utf-8", newline="") as handle:
        codes = [
            row["city_code"]
            for row in csv.DictReader(handle)
            if not row["first_year"] and not row["last_year"]
        ]
    with (registry / "samples.csv").open(encoding="utf-8", newline="") as handle:
        members = list(csv.DictReader(handle))
    known = {row["city_code"] for row in members if row["sample"] == SAMPLE}
    like = members[-1] | {"sample": SAMPLE, "named_district_zh": ""}
    members += [like | {"city_code": code} for code in codes if code not in known]
    with (registry / "samples.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(like), lineterminator="\n")
        writer.writeheader()
        writer.writerows(members)


def _added(place: str, home: Path, rounds: int) -> list[Row]:
    costs: dict[str, list[tuple[Cost, Cost]]] = {}
    entered = f"{place}: a city into the study's sample, with estimates, report and page"
    recoded = f"{place}: a city outside every study that gets another code"
    for _ in range(rounds):
        whole = cost(lambda: anew(home))
        costs.setdefault(recoded, []).append((cost(lambda: _new_code(home)), whole))
        costs.setdefault(entered, []).append((cost(lambda: _one_more_city(home)), whole))
        _registry_as_it_was(home)
    return [*_beside(entered, costs[entered], 1 / 3), *_beside(recoded, costs[recoded], None)]


def _beside(subject: str, costs: list[tuple[Cost, Cost]], aim: float | None) -> list[Row]:
    """By the clock, held against the aim, and in the processor's time."""
    wall = pair_of([(a[0], b[0]) for a, b in costs])
    processor = pair_of([(a[1], b[1]) for a, b in costs])
    return [
        share(f"{subject}, and all anew", wall.ours, wall.peer, 1 / wall.peer_over_ours, aim),
        share(f"{subject}: processor's time, and that of all anew", processor.ours, processor.peer,
              1 / processor.peer_over_ours, None),
    ]  # fmt: skip


def _new_code(home: Path) -> None:
    """A city outside the sample under a code nobody knew: to the workflow, a city added."""
    code = _outside(home)
    fresh = code[:4] + "99"
    for path in (home / "registry").iterdir():
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(code, fresh), encoding="utf-8")
    with (home / "registry" / "former_codes.csv").open("a", encoding="utf-8") as table:
        table.write(f"{code},{fresh},2030,a benchmark\n")
    said = refreshed(home)
    assert f"{STUDY}: its cities' values are as they were" in said, said
    assert "core_city_year: " in said, said


def _registry_as_it_was(home: Path) -> None:
    shutil.rmtree(home / "registry")
    shutil.copytree(ROOT / "data" / "registry", home / "registry")


def _one_more_city(home: Path) -> None:
    code = _outside(home)
    said = python("-m", "oib_pipeline.cli", "add-city", code, "--sample", SAMPLE, home=home)
    assert (home / "reports" / STUDY / "cities" / f"{code}.html").is_file(), said


def _outside(home: Path) -> str:
    """A city that the study lacks and the releases have in every year of it."""
    import duckdb

    with duckdb.connect(str(home / "warehouse" / "oib.duckdb"), read_only=True) as held:
        found = held.execute(OUTSIDE).fetchall()
    return str(found[0][0])
