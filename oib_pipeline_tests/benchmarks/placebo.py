"""500 placebo draws on two outcomes with five controls against a loop of fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import cycle

import numpy as np
import pandas as pd

from oib_pipeline.estimation import placebo
from oib_pipeline_tests.benchmarks.measure import in_turn
from oib_pipeline_tests.benchmarks.panels import ASSIGNED, CONTROLS, KEYS, OUTCOMES, policy_panel
from oib_pipeline_tests.benchmarks.peers import feols, panelols
from oib_pipeline_tests.benchmarks.table import Row, faster, time_text

DRAWS = 500
UNITS, TIMES, TREATED = 120, 9, 21
Side = Callable[[], object]


def rows(tiny: bool = False) -> list[Row]:
    """The public call, and the draws alone, against each peer's loop.

    The peers' loops are timed a few fits at a time and scaled to their 1,000 fits; a fit takes its
    own draw, and the treatment column is all that changes. Ours is timed whole: a DataFrame
    in, validation, 500 draws, p-values.
    """
    data = policy_panel(UNITS, TIMES, TREATED)
    rounds, calls = (1, (2, 1)) if tiny else (9, (20, 4))
    found = []
    for name, make, target in (("PanelOLS", _panelols, 5000), ("feols", _feols, 3000)):
        for what, ours in (("", _public(data)), (", draws alone", _alone(data))):
            pair = in_turn(ours, make(data), rounds=rounds, calls=calls)
            fits = DRAWS * len(OUTCOMES)
            subject = f"placebo, {DRAWS} draws x {len(OUTCOMES)} outcomes{what}, and {name}"
            peer, ratio = pair.peer * fits, pair.peer_over_ours * fits
            found.append(faster(subject, pair.ours, peer, ratio, None if what else target))
    return [*found, *_parts(data, tiny)]


def _public(data: pd.DataFrame) -> Side:
    def both() -> None:
        for outcome in OUTCOMES:
            placebo(
                data,
                outcome=outcome,
                controls=CONTROLS,
                draws=DRAWS,
                seed=1,
                keep=DRAWS,
                **ASSIGNED,
            )

    return both


def _alone(data: pd.DataFrame) -> Side:
    """Estimate and t of the draws of both outcomes, the panel read and prepared before."""
    prepared = [_prepared(data, outcome) for outcome in OUTCOMES]

    def both() -> None:
        for sets, assignments in prepared:
            for chunk in assignments.chunks(sets.cells_per_unit):
                sets(chunk)

    return both


def _prepared(data: pd.DataFrame, outcome: str) -> tuple:
    from oib_pipeline.estimation.data.treatment import Assignments, treatment_parts
    from oib_pipeline.estimation.inference.permutation_engine import treated_sets

    panel = _panel(data, outcome)
    mark, date = treatment_parts(panel, "treated", "post")
    return treated_sets(panel, date), Assignments(mark, DRAWS, seed=1)


def _panel(data: pd.DataFrame, outcome: str) -> object:
    from oib_pipeline.estimation.data.panel import panel_from_frame

    return panel_from_frame(
        data, outcome=outcome, regressors=CONTROLS, extra=("treated", "post"), **KEYS
    )


def _parts(data: pd.DataFrame, tiny: bool) -> list[Row]:
    """What the parts of the public call cost, as shares of it."""
    assignments = _prepared(data, OUTCOMES[0])[1]
    parts: dict[str, Side] = {
        "reading and checking the panel": lambda: [_panel(data, one) for one in OUTCOMES],
        "that, and taking effects and controls out": lambda: [
            _prepared(data, one) for one in OUTCOMES
        ],
        "drawing the sets": lambda: [sum(map(len, assignments.chunks())) for _ in OUTCOMES],
        "that, and estimate and t of each": _alone(data),
    }
    found = []
    for name, part in parts.items():
        pair = in_turn(part, _public(data), rounds=1 if tiny else 9, calls=(20, 20))
        part_text, whole_text = time_text(pair.ours), time_text(pair.peer)
        subject = f"of the public call: {name}"
        found.append(Row(subject, part_text, whole_text, 1 / pair.peer_over_ours))
    return found


def _draws(seed: int = 1) -> Iterator[np.ndarray]:
    """Treatment columns of redrawn cities, (n,), for the peers to fit one at a time."""
    rng = np.random.default_rng(seed)
    post = np.tile(np.arange(TIMES) >= TIMES // 2, UNITS)
    for _ in cycle([None]):
        chosen = np.zeros(UNITS)
        chosen[rng.permutation(UNITS)[:TREATED]] = 1
        yield np.repeat(chosen, TIMES) * post


def _panelols(data: pd.DataFrame) -> Side:
    indexed = data.set_index(["city", "year"])
    outcomes, right = cycle([indexed[one] for one in OUTCOMES]), indexed[["did", *CONTROLS]].copy()
    draws = _draws()

    def fit() -> tuple[float, float]:
        right["did"] = next(draws)
        fitted = panelols(next(outcomes), right)
        return fitted.params["did"], fitted.tstats["did"]

    return fit


def _feols(data: pd.DataFrame) -> Side:
    frame, outcomes, draws = data.copy(), cycle(OUTCOMES), _draws()

    def fit() -> tuple[float, float]:
        frame["did"] = next(draws)
        fitted = feols(frame, next(outcomes))
        return fitted.coef()["did"], fitted.tstat()["did"]

    return fit
