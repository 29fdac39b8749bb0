"""The vintage that a state of a study makes: a new one, or the last one confirmed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from oib_pipeline.vintages.changes import changed_inputs, changed_values
from oib_pipeline.vintages.moves import moves
from oib_pipeline.vintages.state import State
from oib_pipeline.vintages.words import FIRST, SEVERAL, moved, reasons, several

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Kept:
    """The last vintage as the warehouse keeps it."""

    vintage: int
    results: str
    panel: str
    estimates: pd.DataFrame
    inputs: pd.DataFrame
    chosen: pd.DataFrame


@dataclass(frozen=True)
class Vintage:
    """A vintage and what set it apart from the one before.

    Attributes
    ----------
    number
        1 for the first.
    new
        False where the results are those of the last vintage: then its record of inputs, and
        nothing else, is brought up to date.
    changes, moves
        See `changed_inputs`, `changed_values` and `moves`; None where there is nothing to compare.
    why, moved
        Both in words.
    """

    number: int
    new: bool
    state: State
    changes: pd.DataFrame | None = None
    moves: pd.DataFrame | None = None
    why: list[str] = field(default_factory=lambda: [FIRST])
    moved: str = ""


def next_vintage(state: State, last: Kept | None) -> Vintage:
    """The vintage of a state; the same state, or a run taken up again, makes no second one."""
    import pandas as pd

    if last is None:
        return Vintage(1, True, state)
    if (last.results, last.panel) == (state.results, state.panel):
        return Vintage(last.vintage, False, state)
    parts = [changed_inputs(last.inputs, state.inputs), changed_values(last.chosen, state.chosen)]
    filled = [part for part in parts if len(part)]
    changes = pd.concat(filled, ignore_index=True) if filled else parts[0]
    shifted = moves(last.estimates, state.estimates)
    why = reasons(changes) or ["nothing that is recorded of the inputs"]
    if several(why) and shifted["change"].eq("moved").any():
        why.append(SEVERAL)
    return Vintage(last.vintage + 1, True, state, changes, shifted, why, moved(shifted))
