"""A release of four million cells: our extraction against pandas reading the same files."""

from __future__ import annotations

import gc
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from oib_pipeline_tests.benchmarks.measure import ROOT, apart, pair_of, with_memory
from oib_pipeline_tests.benchmarks.release import write_release
from oib_pipeline_tests.benchmarks.table import Row, faster, less_memory

PERIODS, TINY_PERIODS = 20, 1


def rows(tiny: bool = False) -> list[Row]:
    """Time and memory of both, and ours on half of the files: a cell must not cost more with size.

    Each run is a process of its own, its imports made before the clock starts. Ours is the whole
    of ``extract_release``: checksums, cells, cities, units, keys given twice, a frame of
    observations; pandas reads each file's cells as they are, and keeps them as we do.
    """
    with TemporaryDirectory() as folder:
        periods = TINY_PERIODS if tiny else PERIODS
        whole, half = Path(folder, "whole"), Path(folder, "half")
        cells = write_release(whole, periods)
        cells_of_half = write_release(half, max(1, periods // 2))
        runs = [_both(whole) for _ in range(1 if tiny else 2)]
        part = apart("extraction:ours", folder=str(half))
    pair = pair_of([(a["seconds"], b["seconds"]) for a, b in runs])
    ours, peer = runs[-1]
    subject = f"extraction, {cells:,} cells"
    a_cell = [side["mb"] / count for side, count in ((ours, cells), (part, cells_of_half))]
    return [
        faster(f"{subject}, and pandas with openpyxl", pair.ours, pair.peer,
               pair.peer_over_ours, 10),
        Row(f"{subject}: peak memory a cell, and on half of the files",
            *(f"{2**20 * one:.0f} bytes" for one in a_cell), a_cell[0] / a_cell[1], 1.1, False),
        less_memory(f"{subject}: peak memory, and the observations it returns",
                    ours["mb"], ours["result_mb"], None),
        less_memory(f"{subject}: peak memory, and pandas' with bare cells",
                    ours["mb"], peer["mb"], None),
    ]  # fmt: skip


def _both(folder: Path) -> tuple[dict, dict]:
    return (
        apart("extraction:ours", folder=str(folder)),
        apart("extraction:peer", folder=str(folder)),
    )


def ours(folder: str) -> dict:
    """Seconds, peak growth in MB, and the size of the observations in MB."""
    import python_calamine  # noqa: F401  # imported before the clock starts

    from oib_pipeline.extract import extract_release, read_release
    from oib_pipeline.registry import load_registry

    registry = load_registry(ROOT / "data" / "registry")
    start = time.perf_counter()
    done, mb = with_memory(lambda: extract_release(read_release(Path(folder)), registry))
    spent = time.perf_counter() - start
    size = done.observations.memory_usage(deep=True).sum() / 2**20
    return {"seconds": spent, "mb": mb, "result_mb": float(size), "rows": len(done.observations)}


def peer(folder: str) -> dict:
    """Seconds and peak growth in MB of reading every file's cells."""
    import openpyxl  # noqa: F401  # imported before the clock starts
    import pandas as pd

    paths = sorted(Path(folder).glob("*.xlsx"))
    gc.collect()
    start = time.perf_counter()
    frames, mb = with_memory(
        lambda: [pd.read_excel(path, engine="openpyxl", header=None) for path in paths]
    )
    return {"seconds": time.perf_counter() - start, "mb": mb, "files": len(frames)}
