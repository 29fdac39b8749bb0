"""Large panels: the closed-form engine against pyfixest on the same rows."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import asdict

import pandas as pd

from oib_pipeline.estimation import twfe
from oib_pipeline_tests.benchmarks.measure import Pair, apart, in_turn, with_memory
from oib_pipeline_tests.benchmarks.panels import CONTROLS, KEYS, policy_panel
from oib_pipeline_tests.benchmarks.peers import feols
from oib_pipeline_tests.benchmarks.table import Row, faster, less_memory, share

SIZES = {"3,000 units x 30 years": (3_000, 30), "100,000 units x 10 years": (100_000, 10)}
TINY = {"300 units x 10 years": (300, 10)}
KEPT = 0.8
# Linear algebra's threads, where not held to one as `make` and the pipeline hold them.
ALL_THREADS = {"OPENBLAS_NUM_THREADS": str(os.cpu_count())}


def rows(tiny: bool = False) -> list[Row]:
    """Balanced panels: time and memory; with more threads; and with a fifth of the rows gone."""
    found = []
    for name, (units, times) in (TINY if tiny else SIZES).items():
        panel = {"units": units, "times": times}
        rounds = 1 if tiny else 9
        pair = Pair(**apart("large:both_sides", **panel, keep=1.0, rounds=rounds))
        found.append(_faster(f"{name}, and feols", pair, 5))
        memory = [
            apart("large:memory", **panel, keep=1.0, side=side)["mb"] for side in ("ours", "feols")
        ]
        found.append(less_memory(f"{name}: memory beyond the data", *memory, 1))
        pair = Pair(**apart("large:both_sides", ALL_THREADS, **panel, keep=1.0, rounds=rounds))
        found.append(_faster(f"{name}, linear algebra on all cores, and feols", pair, None))
        pair = Pair(**apart("large:both_sides", **panel, keep=KEPT, rounds=rounds))
        label = f"{name} of which {KEPT:.0%} are there, and feols"
        found.append(share(label, pair.ours, pair.peer, 1 / pair.peer_over_ours, 1.2))
    return found


def _faster(name: str, pair: Pair, target: float | None) -> Row:
    return faster(name, pair.ours, pair.peer, pair.peer_over_ours, target)


def both_sides(units: int, times: int, keep: float, rounds: int) -> dict:
    """Times of both sides in turn, once their estimates are seen to agree."""
    data = policy_panel(units, times, units // 5, keep=keep)
    ours, peer = _ours(data), _peer(data)
    assert abs(ours() - peer()) < 1e-8
    return asdict(in_turn(ours, peer, rounds=rounds, calls=(2, 2)))


def memory(units: int, times: int, keep: float, side: str) -> dict:
    """Growth of one side's process in MB at its peak, a small fit made before."""
    make = {"ours": _ours, "feols": _peer}[side]
    make(policy_panel(100, times, 20))()
    return {"mb": with_memory(make(policy_panel(units, times, units // 5, keep=keep)))[1]}


def _ours(data: pd.DataFrame) -> Callable[[], float]:
    def fit() -> float:
        done = twfe(
            data, outcome="ais", treatment="did", controls=CONTROLS, engine="closed_form", **KEYS
        )
        return done.estimate

    return fit


def _peer(data: pd.DataFrame) -> Callable[[], float]:
    return lambda: float(feols(data, "ais").coef()["did"])
