"""A million placebo draws against ten thousand: memory, and time a draw."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

from oib_pipeline.estimation import placebo
from oib_pipeline_tests.benchmarks.measure import apart, pair_of, seconds
from oib_pipeline_tests.benchmarks.panels import ASSIGNED, CONTROLS, OUTCOMES, policy_panel
from oib_pipeline_tests.benchmarks.table import Row, less_memory, share

MANY, FEW = 1_000_000, 10_000
# A ratio of equal things is 1, give or take what a shared machine adds.
NOISE = 1.05


def rows(tiny: bool = False) -> list[Row]:
    """Time a draw in one process, a million between two lots of ten thousand; memory apart."""
    many, few = (MANY // 50, FEW) if tiny else (MANY, FEW)
    times = apart("draws:times", many=many, few=few, rounds=1 if tiny else 5)
    memory = [apart("draws:memory", draws=draws)["mb"] for draws in (many, few)]
    pair = pair_of(times["pairs"])
    return [
        share(f"a draw of {many:,}, and of {few:,}", pair.ours, pair.peer,
              1 / pair.peer_over_ours, NOISE),
        less_memory(f"memory of {many:,} draws, and of {few:,}", *memory, NOISE),
    ]  # fmt: skip


def times(many: int, few: int, rounds: int) -> dict:
    """Seconds a draw of (many, few), round by round, the few on both sides of the many."""
    work = _work()
    work(few)
    pairs = []
    for _ in range(rounds):
        short = [seconds(lambda: work(few)) for _ in range(10)]
        long = seconds(lambda: work(many))
        short += [seconds(lambda: work(few)) for _ in range(10)]
        pairs.append((long / many, sum(short) / len(short) / few))
    return {"pairs": pairs}


def memory(draws: int) -> dict:
    """Peak of what a call allocates, in MB."""
    work = _work()
    work(100)
    tracemalloc.start()
    work(draws)
    return {"mb": tracemalloc.get_traced_memory()[1] / 2**20}


def _work() -> Callable[[int], object]:
    data = policy_panel(120, 9, 21)

    def work(draws: int) -> object:
        return placebo(
            data, outcome=OUTCOMES[0], controls=CONTROLS, draws=draws, seed=1, **ASSIGNED
        )

    return work
