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
SAMPLE = "old_industrial_120"
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
        python("-c", ALL)
        return [
            *_in_turn("refresh of the sample, all anew", lambda: anew(home), ALL, whole, 2),
            *_in_turn("refresh with nothing new", lambda: _nothing_new(home), SOME, idle, 0.5),
        ]


def _in_turn(
    subject: str, ours: Callable[[], None], imports: str, rounds: int, target: float
) -> list[Row]:
    costs = [(cost(ours), cost(lambda: python("-c", imports))) for _ in range(rounds)]
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


def anew(home: Path) -> None:
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
    return python("-m", "oib_pipeline.cli", "refresh", home=home)


def python(*arguments: str, home: Path | None = None) -> str:
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
