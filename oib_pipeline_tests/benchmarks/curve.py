"""200 specifications with 500 permutations each against 200 fits of pyfixest alone."""

from __future__ import annotations

from itertools import product

import pandas as pd

from oib_pipeline.estimation import Specification, specification_curve
from oib_pipeline_tests.benchmarks.measure import in_turn
from oib_pipeline_tests.benchmarks.panels import ASSIGNED, CONTROLS, policy_panel
from oib_pipeline_tests.benchmarks.peers import feols
from oib_pipeline_tests.benchmarks.table import Row, share

DRAWS = 500
WINDOWS = ((None, None), (2011, None), (2010, 2017), (2012, 2016), (2011, 2017))
LEFT_OUT = ((), ("capital",))
TIMES = (None, "region")
SETS = (0, 1, 2, 3, 5)


def rows(tiny: bool = False) -> list[Row]:
    """Ours in one call with its permutation p-values; the peer's samples are cut beforehand."""
    variants = {"main": policy_panel(120, 9, 21), "winsorised": _winsorised()}
    chosen = _specifications()[:: 20 if tiny else 1]
    frames = [_sample(variants, one) for one in chosen]

    def ours() -> pd.DataFrame:
        curve = specification_curve(
            variants, chosen, outcome="ais", draws=DRAWS, seed=1, **ASSIGNED
        )
        return curve.to_frame()

    def peer() -> list[float]:
        return [
            feols(frame, "ais", _right(one), _effects(one)).coef()["did"]
            for one, frame in zip(chosen, frames, strict=True)
        ]

    table, alone = ours(), peer()
    assert abs(table["estimate"].to_numpy() - alone).max() < 1e-6
    pair = in_turn(ours, peer, rounds=1 if tiny else 5, warm=False)
    label = f"{len(chosen)} specifications x {DRAWS} permutations, and {len(chosen)} feols fits"
    return [share(label, pair.ours, pair.peer, 1 / pair.peer_over_ours, 1)]


def _specifications() -> list[Specification]:
    grid = product(("main", "winsorised"), SETS, WINDOWS, LEFT_OUT, TIMES)
    return [
        Specification(
            name=f"s{number}",
            data=data,
            controls=tuple(CONTROLS[:count]),
            first=first,
            last=last,
            without_units=left_out,
            time_by=time_by,
        )
        for number, (data, count, (first, last), left_out, time_by) in enumerate(grid)
    ]


def _winsorised() -> pd.DataFrame:
    data = policy_panel(120, 9, 21)
    low, high = data["ais"].quantile([0.01, 0.99])
    return data.assign(ais=data["ais"].clip(low, high))


def _sample(variants: dict[str, pd.DataFrame], one: Specification) -> pd.DataFrame:
    data = variants[one.data]
    kept = data["year"].between(one.first or 0, one.last or 9999)
    for name in one.without_units:
        kept &= data[name] == 0
    return data[kept].reset_index(drop=True)


def _right(one: Specification) -> str:
    return " + ".join(["did", *one.controls])


def _effects(one: Specification) -> str:
    return "city + region^year" if one.time_by else "city + year"
