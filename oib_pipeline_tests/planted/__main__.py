"""Plants faults in genuine files and counts what becomes of them.

``python -m oib_pipeline_tests.planted --raw FOLDER [--each N] [--seed S]``
"""

from __future__ import annotations

import argparse
import collections
import os
import random
from pathlib import Path

from oib_pipeline_tests.planted.judging import Fate, World, judge
from oib_pipeline_tests.planted.kinds import CELLS, plant_in_cell
from oib_pipeline_tests.planted.page import Page
from oib_pipeline_tests.planted.spans import SHAPES
from oib_pipeline_tests.planted.world import BESIDE, ROOT, load

COLUMNS = ("planted", "checksum", "revised", "refused", "named", "unnoticed", "harmless")
HEAD = "| fault | " + " | ".join(COLUMNS) + " |\n" + "|---" * (len(COLUMNS) + 1) + "|"


def main() -> None:
    options = _options()
    world, pages = load(options.raw, options.study, beside=options.beside)
    counts: dict[str, collections.Counter] = {}
    print(HEAD, flush=True)
    for kind in [*CELLS, *SHAPES]:
        if options.only and options.only not in kind:
            continue
        counts[kind] = collections.Counter()
        rng = random.Random(f"{options.seed} {kind}")
        for _ in range(options.each):
            page, fate = planted(world, pages, kind, rng)
            if fate is None:
                continue
            counts[kind].update(_columns(fate))
            if fate.outcome == "unnoticed" or options.verbose:
                print(f"{fate.outcome}: {kind}: {page.file}: {fate.how}", flush=True)
        print(line(kind, counts[kind]), flush=True)
    print(line("all", sum(counts.values(), collections.Counter())))


def planted(world: World, pages: list[Page], kind: str, rng: random.Random):
    """One fault of a kind in one of the pages that can have it, and its fate."""
    for _ in range(10):
        clean = pages[rng.randrange(len(pages))]
        page = clean.copy()
        done = plant_in_cell(page, kind, rng) if kind in CELLS else SHAPES[kind](page, rng)
        if done:
            return page, judge(world, page, alone=len(page.years) > 1)
    return clean, None


def _columns(fate: Fate) -> list[str]:
    """The columns of the table in which a fault counts."""
    lines = [name for name in ("checksum", "revised") if getattr(fate, name)]
    return ["planted", fate.outcome, *(lines if fate.outcome != "harmless" else [])]


def line(kind: str, count: collections.Counter) -> str:
    """A row of the table, printed as soon as a kind is done: a stopped run still gives one."""
    return f"| {kind} | " + " | ".join(str(count[name]) for name in COLUMNS) + " |"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    real = Path(os.environ.get("OIB_REAL", ROOT / "../shared/real"))
    parser.add_argument("--raw", type=Path, default=real, help="folder of genuine releases")
    parser.add_argument("--study", default="real_whole_city")
    parser.add_argument("--each", type=int, default=10, help="faults of each kind")
    parser.add_argument("--beside", type=int, default=BESIDE, help="cities judged beside it")
    parser.add_argument("--seed", default="20140311")
    parser.add_argument("--only", help="kinds whose name holds this")
    parser.add_argument("--verbose", action="store_true", help="tell the fate of every fault")
    return parser.parse_args()


if __name__ == "__main__":
    main()
