"""The refresh of the sample against the bare import of the libraries it needs."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from oib_pipeline_tests.benchmarks.measure import ROOT, pair_of, seconds
from oib_pipeline_tests.benchmarks.table import Row, share

KEPT = ("registry", "studies", "raw", "manifests", "corrections.yml", "dagster/dagster.yaml")
MADE = ("warehouse", "reports", "quality", "dagster")
ALL = "import dagster, pandas, duckdb, linearmodels, great_expectations, matplotlib"
SAMPLE, STUDY = "old_industrial_120", "relocation_2014"
OUTSIDE = """SELECT city_code FROM core.core_indices WHERE scope = 'districts'
  AND year BETWEEN 2010 AND 2018 AND ais IS NOT NULL AND theil IS NOT NULL
  AND population_density IS NOT NULL AND land_marketization IS NOT NULL
  AND enterprise_density IS NOT NULL AND road_area_per_capita IS NOT NULL
  AND city_code NOT IN (SELECT city_code FROM core.core_study_panel)
  GROUP BY city_code HAVING count(*) = 9 ORDER BY city_code LIMIT 1"""
STUDYLESS = "an added city that no study has, from all releases"
IN_SAMPLE = "an added city in a study's sample, with estimates, report and page"
SOME = "import dagster, pandas, linearmodels, great_expectations"


def rows(tiny: bool = False) -> list[Row]:
    """Everything made anew, then nothing new, each beside the import in a process of its own.

    Warm: modules are compiled and files in memory. Aims: twice the import, and half of it. The
    processor's time is told too: on a machine at work elsewhere it is the steadier of the two.
    """
    with TemporaryDirectory() as folder:
        home = Path(folder) / "data"
        copy_data(home)
        whole, idle = (1, 1) if tiny else (2, 5)
        _python("-c", ALL)
        return [
            *_in_turn("refresh of the sample, all anew", lambda: _anew(home), ALL, whole, 2),
            *_in_turn("refresh with nothing new", lambda: _nothing_new(home), SOME, idle, 0.5),
            *_added_city(home, whole),
        ]


def _added_city(home: Path, rounds: int) -> list[Row]:
    """A city added, beside everything made anew: one that no study has, and one that a study gets.

    The first gets a code of its own by which all releases are read and its values laid out; no
    study has it, so estimates and reports stay. The second enters the study's sample: all of the
    study's estimates are made again, its report, and the city's page.
    """
    costs: dict[str, list[tuple[tuple[float, float], tuple[float, float]]]] = {}
    for _ in range(rounds):
        anew = cost(lambda: _anew(home))
        costs.setdefault(STUDYLESS, []).append((cost(lambda: _new_code(home)), anew))
        costs.setdefault(IN_SAMPLE, []).append((cost(lambda: _one_more_city(home)), anew))
        _registry_as_it_was(home)
    return [row for subject, pairs in costs.items() for row in _beside(subject, pairs)]


def _beside(
    subject: str, costs: list[tuple[tuple[float, float], tuple[float, float]]]
) -> list[Row]:
    """By the clock, held against the aim, and in the processor's time."""
    wall = pair_of([(a[0], b[0]) for a, b in costs])
    processor = pair_of([(a[1], b[1]) for a, b in costs])
    return [
        share(f"{subject}, and all anew", wall.ours, wall.peer, 1 / wall.peer_over_ours, 1 / 3),
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
    said = _python("-m", "oib_pipeline.cli", "add-city", code, "--sample", SAMPLE, home=home)
    assert (home / "reports" / STUDY / "cities" / f"{code}.html").is_file(), said


def _outside(home: Path) -> str:
    """A city that the study lacks and the releases have in every year of it."""
    import duckdb

    with duckdb.connect(str(home / "warehouse" / "oib.duckdb"), read_only=True) as held:
        rows = held.execute(OUTSIDE).fetchall()
    return str(rows[0][0])


def _in_turn(
    subject: str, ours: Callable[[], None], imports: str, rounds: int, target: float
) -> list[Row]:
    costs = [(cost(ours), cost(lambda: _python("-c", imports))) for _ in range(rounds)]
    wall = pair_of([(a[0], b[0]) for a, b in costs])
    processor = pair_of([(a[1], b[1]) for a, b in costs])
    return [
        share(f"{subject}, and the bare import", wall.ours, wall.peer,
              1 / wall.peer_over_ours, target),
        share(f"{subject}: processor's time, and the import's", processor.ours, processor.peer,
              1 / processor.peer_over_ours, None),
    ]  # fmt: skip


def cost(work: Callable[[], None]) -> tuple[float, float]:
    """Seconds by the clock and of the processor in the processes that the work starts."""
    before = _children()
    wall = seconds(work)
    return wall, _children() - before


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def copy_data(home: Path, without: tuple[str, ...] = ()) -> None:
    """The committed data folder, all of it or without some of its parts."""
    for name in (name for name in KEPT if name not in without):
        source, target = ROOT / "data" / name, home / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy(source, target)


def _anew(home: Path) -> None:
    settings = (home / "dagster" / "dagster.yaml").read_text()
    for name in MADE:
        shutil.rmtree(home / name, ignore_errors=True)
    (home / "dagster").mkdir()
    (home / "dagster" / "dagster.yaml").write_text(settings)
    said = refreshed(home)
    assert "nothing new" not in said, said


def _nothing_new(home: Path) -> None:
    said = refreshed(home)
    assert "nothing new" in said, said


def refreshed(home: Path) -> str:
    return _python("-m", "oib_pipeline.cli", "refresh", home=home)


def _python(*arguments: str, home: Path | None = None) -> str:
    # Without compiled modules each process would spend seconds on compiling, ours and the peer's.
    gone = ("OIB_RAW", "PYTHONDONTWRITEBYTECODE")
    environment = {name: value for name, value in os.environ.items() if name not in gone}
    if home is not None:
        environment |= {"OIB_DATA": str(home), "DAGSTER_HOME": str(home / "dagster")}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stderr[-2000:]}")
    return done.stdout
