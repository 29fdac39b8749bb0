"""A release of four million cells: our extraction against pandas reading the same files."""

from __future__ import annotations

import gc
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from oib_pipeline_tests.benchmarks.measure import ROOT, apart, pair_of, processor, with_memory
from oib_pipeline_tests.benchmarks.release import TABLES, write_one_file, write_release
from oib_pipeline_tests.benchmarks.table import Row, faster, less_memory

PERIODS, TINY_PERIODS = 20, 1
ROUNDS = 3


def rows(tiny: bool = False) -> list[Row]:
    """Time and memory of both, and ours on half of the files: a cell must not cost more with size.

    Each run is a process of its own, its imports made before the clock starts; ours and the peer's
    take turns. Ours is the whole of ``extract_release``: checksums, cells, cities, units, keys
    given twice, a frame of observations, the processes that help to read included; pandas reads
    each file's cells as they are, and keeps them as we do. The same again, with the same target,
    where the release is one file, which no second process can help to read.
    """
    with TemporaryDirectory() as folder:
        periods = TINY_PERIODS if tiny else PERIODS
        whole, half, one = (Path(folder, name) for name in ("whole", "half", "one"))
        cells = write_release(whole, periods)
        cells_of_half = write_release(half, max(1, periods // 2))
        cells_of_one = write_one_file(one, periods)
        runs = [_both(whole) for _ in range(1 if tiny else ROUNDS)]
        single = [_both(one) for _ in range(1 if tiny else 2)]
        part = apart("extraction:ours", folder=str(half))
    ours, peer = runs[-1]
    subject = f"extraction, {cells:,} cells"
    a_cell = [side["mb"] / count for side, count in ((ours, cells), (part, cells_of_half))]
    return [
        _row(f"{subject} in {len(TABLES) * periods} files, and pandas with openpyxl", runs, 10),
        _cpu(f"{subject}: processor's time, and pandas'", runs),
        Row(f"{subject}: peak memory a cell, and on half of the files",
            *(f"{2**20 * one:.0f} bytes" for one in a_cell), a_cell[0] / a_cell[1], 1.1, False),
        less_memory(f"{subject}: peak memory, and the observations it returns",
                    ours["mb"], ours["result_mb"], None),
        less_memory(f"{subject}: peak memory, helping processes whole, and pandas' with bare cells",
                    ours["mb"] + ours["helpers_mb"], peer["mb"], None),
        _row(f"extraction, {cells_of_one:,} cells in one file, and pandas with openpyxl",
             single, 10),
        _cpu(f"extraction, {cells_of_one:,} cells in one file: processor's time, and pandas'",
             single),
    ]  # fmt: skip


def _row(subject: str, runs: list[tuple[dict, dict]], target: float | None) -> Row:
    pair = pair_of([(a["seconds"], b["seconds"]) for a, b in runs])
    return faster(subject, pair.ours, pair.peer, pair.peer_over_ours, target)


def _cpu(subject: str, runs: list[tuple[dict, dict]]) -> Row:
    pair = pair_of([(a["cpu"], b["cpu"]) for a, b in runs])
    return faster(subject, pair.ours, pair.peer, pair.peer_over_ours, None)


def _both(folder: Path) -> tuple[dict, dict]:
    return (
        apart("extraction:ours", folder=str(folder)),
        apart("extraction:peer", folder=str(folder)),
    )


def ours(folder: str) -> dict:
    """Seconds, processor's seconds, peak growth in MB, and the observations' size in MB.

    ``helpers_mb`` is what the largest helping process held at its peak, times their number.
    """
    import resource

    import python_calamine  # noqa: F401  # imported before the clock starts

    from oib_pipeline.extract import extract_release, read_release
    from oib_pipeline.extract.read_files import helpers
    from oib_pipeline.registry.registry import load_registry

    registry = load_registry(ROOT / "data" / "registry")
    release = read_release(Path(folder))
    start, used = time.perf_counter(), processor()
    done, mb = with_memory(lambda: extract_release(release, registry))
    spent, used = time.perf_counter() - start, processor() - used
    size = done.observations.memory_usage(deep=True).sum() / 2**20
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**10
    return {
        "seconds": spent,
        "cpu": used,
        "mb": mb,
        "helpers_mb": largest * helpers(release),
        "result_mb": float(size),
        "rows": len(done.observations),
    }


def peer(folder: str) -> dict:
    """Seconds, processor's seconds and peak growth in MB of reading every file's cells."""
    import openpyxl  # noqa: F401  # imported before the clock starts
    import pandas as pd

    paths = sorted(Path(folder).glob("*.xlsx"))
    gc.collect()
    start, used = time.perf_counter(), processor()
    frames, mb = with_memory(
        lambda: [
            pd.read_excel(path, engine="openpyxl", header=None, sheet_name=None) for path in paths
        ]
    )
    spent = time.perf_counter() - start
    return {"seconds": spent, "cpu": processor() - used, "mb": mb, "files": len(frames)}
