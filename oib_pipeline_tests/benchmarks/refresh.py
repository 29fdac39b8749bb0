"""The refresh of the sample against the bare import of the libraries it needs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from oib_pipeline_tests.benchmarks.measure import ROOT, in_turn
from oib_pipeline_tests.benchmarks.table import Row, share

KEPT = ("registry", "studies", "raw", "manifests", "corrections.yml", "dagster/dagster.yaml")
MADE = ("warehouse", "reports", "quality", "dagster")
ALL = "import dagster, pandas, duckdb, linearmodels, great_expectations, matplotlib"
SOME = "import dagster, pandas, linearmodels, great_expectations"


def rows(tiny: bool = False) -> list[Row]:
    """Everything made anew, then nothing new, each beside the import in a process of its own.

    Warm: modules are compiled and files in memory. Aims: twice the import, and half of it.
    """
    with TemporaryDirectory() as folder:
        home = Path(folder) / "data"
        _copy(home)
        whole = in_turn(
            lambda: _anew(home), lambda: _python("-c", ALL), rounds=1 if tiny else 3, warm=not tiny
        )
        idle = in_turn(
            lambda: _nothing_new(home), lambda: _python("-c", SOME), rounds=1 if tiny else 5
        )
    return [
        share("refresh of the sample, all anew, and the bare import", whole.ours, whole.peer,
              1 / whole.peer_over_ours, 2),
        share("refresh with nothing new, and the bare import", idle.ours, idle.peer,
              1 / idle.peer_over_ours, 0.5),
    ]  # fmt: skip


def _copy(home: Path) -> None:
    for name in KEPT:
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
    said = _refresh(home)
    assert "nothing new" not in said, said


def _nothing_new(home: Path) -> None:
    said = _refresh(home)
    assert "nothing new" in said, said


def _refresh(home: Path) -> str:
    return _python("-m", "oib_pipeline.cli", "refresh", home=home)


def _python(*arguments: str, home: Path | None = None) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "OIB_RAW"}
    if home is not None:
        environment |= {"OIB_DATA": str(home), "DAGSTER_HOME": str(home / "dagster")}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stderr[-2000:]}")
    return done.stdout
