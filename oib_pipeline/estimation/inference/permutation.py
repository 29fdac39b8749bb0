"""Placebo test and permutation p-values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd

from oib_pipeline.estimation.data.columns import column_names, whole_number
from oib_pipeline.estimation.data.panel import Panel, panel_from_frame
from oib_pipeline.estimation.data.treatment import Assignments, treatment_parts, unit_strata
from oib_pipeline.estimation.inference.permutation_engine import TreatedSets, treated_sets
from oib_pipeline.estimation.regression.vcov import convention_text, counts_of

# A draw this close to the observed statistic counts as equal: a redrawn true assignment must
# count, whatever the rounding.
TIE = 1e-10


class Observed(NamedTuple):
    """The statistics of the true assignment."""

    coefficient: float
    t: float


def permute(sets: TreatedSets, assignments: Assignments, observed: Observed, keep: int) -> dict:
    """Return kept statistics, counts and p-values of the draws, in memory of the kept ones.

    A p-value is NaN where the observed statistic or every draw is undefined.
    """
    kept = np.empty((2, keep))
    bar = np.abs(observed)[:, None] * (1 - TIE)
    exceed, defined, done = np.zeros(2, dtype=int), np.zeros(2, dtype=int), 0
    for chunk in assignments.chunks(sets.cells_per_unit):
        drawn = np.array(sets(chunk))
        exceed += (np.abs(drawn) >= bar).sum(axis=1)
        defined += np.isfinite(drawn).sum(axis=1)
        if done < keep:
            kept[:, done : done + len(chunk)] = drawn[:, : keep - done]
        done += len(chunk)
    known = np.isfinite(observed) & (defined > 0)
    p = np.where(known, (1 + exceed) / (1 + defined), np.nan)
    return {
        "coefficients": kept[0],
        "t_statistics": kept[1],
        "p_coefficient": float(p[0]),
        "p_t": float(p[1]),
        "n_undefined": int(done - defined[1]),
    }


# Draws kept for a figure unless asked otherwise, so that memory does not grow with draws.
KEPT_DRAWS = 10_000


@dataclass(frozen=True, eq=False)
class Placebo:
    """Statistics under redrawn treatment and where the true ones lie among them.

    ``coefficients`` and ``t_statistics`` have shape (draws,), or hold the first draws only where
    more were made than kept; the p-values always count them all. ``p_t`` is the one to report:
    with noisier treated units the permuted coefficient rejects a true null too often.
    """

    outcome: str
    observed: Observed
    p_t: float
    p_coefficient: float
    coefficients: np.ndarray = field(repr=False)
    t_statistics: np.ndarray = field(repr=False)
    draws: int
    seed: int
    strata: tuple[str, ...]
    n_undefined: int
    n_treated: int
    n_obs: int
    n_clusters: int
    convention: str

    def to_frame(self, model: str | None = None) -> pd.DataFrame:
        """Return one long-shaped row: the estimate with its permutation p-values.

        ``p`` is ``p_t``. There is no interval here. Further columns: p_t, p_coefficient, draws,
        n_undefined, seed, strata, n_treated.
        """
        table = pd.DataFrame(
            {
                "outcome": [self.outcome],
                "term": ["did"],
                "estimate": [self.observed.coefficient],
                "se": [self.observed.coefficient / self.observed.t if self.observed.t else np.nan],
                "t": [self.observed.t],
                "p": [self.p_t],
                "ci_low": [np.nan],
                "ci_high": [np.nan],
                "n_obs": [self.n_obs],
                "n_clusters": [self.n_clusters],
                "r2_within": [np.nan],
                "convention": [f"permutation of treated units; t {self.convention}"],
                "p_t": [self.p_t],
                "p_coefficient": [self.p_coefficient],
                "draws": [self.draws],
                "n_undefined": [self.n_undefined],
                "seed": [self.seed],
                "strata": [", ".join(self.strata)],
                "n_treated": [self.n_treated],
            }
        )
        if model is not None:
            table.insert(1, "model", model)
        return table

    def draws_frame(self) -> pd.DataFrame:
        """Return the kept draws: draw, coefficient, t."""
        return pd.DataFrame(
            {
                "draw": np.arange(1, len(self.coefficients) + 1),
                "coefficient": self.coefficients,
                "t": self.t_statistics,
            }
        )


def placebo(
    data: pd.DataFrame,
    *,
    outcome: str,
    treated: str,
    post: str,
    unit: str,
    time: str,
    controls: Sequence[str] = (),
    draws: int = 500,
    seed: int = 0,
    strata: Sequence[str] | str | None = None,
    weights: str | None = None,
    keep: int | None = None,
) -> Placebo:
    """Return the distribution of the estimate when treated units are drawn at random.

    Each draw redraws which **units** are treated, keeping their number (in every stratum, where
    given) and the date, and refits the two-way model of :func:`twfe`: coefficient and t with
    exact clustered errors. p = (1 + #{|draw| >= |observed|}) / (1 + draws), draws within a
    relative 1e-10 of the observed counting as equal, undefined draws left out of both counts.

    Parameters
    ----------
    treated, post : str
        0/1 columns, the first fixed within a unit, the second within a time.
    draws, seed : int
        Number of draws, and the seed they come from.
    strata : str or sequence of str, optional
        Columns fixed within a unit; draws stay within their combinations.
    weights : str, optional
        Column of analytic weights.
    keep : int, optional
        Draws to keep for a figure: all up to 10,000 unless given.
    data, outcome, unit, time, controls
        As in :func:`twfe`. Clusters are units.

    Returns
    -------
    Placebo

    Raises
    ------
    ValueError
        As :func:`twfe`, and: columns that vary where they must not; no treated or no untreated
        unit; strata that leave nothing to draw.
    """
    draws, seed = whole_number(draws, "draws", 1), whole_number(seed, "seed", 0)
    keep = KEPT_DRAWS if keep is None else whole_number(keep, "keep", 0)
    panel = panel_from_frame(
        data,
        outcome=outcome,
        regressors=column_names(controls, "controls"),
        unit=unit,
        time=time,
        weights=weights,
        extra=(treated, post),
    )
    mark, date = treatment_parts(panel, treated, post)
    sets = treated_sets(panel, date)
    assignments = Assignments(mark, draws, seed, unit_strata(data, unit, panel.units, strata))
    observed = Observed(*(float(value[0]) for value in sets(mark[None, :])))
    if np.isnan(observed.coefficient):
        raise ValueError(_not_identified(panel, treated, post))
    kept = min(draws, keep)
    return Placebo(
        outcome=outcome,
        observed=observed,
        **permute(sets, assignments, observed, kept),
        draws=draws,
        seed=seed,
        strata=() if strata is None else column_names(strata, "strata"),
        n_treated=int(mark.sum()),
        n_obs=panel.n_obs,
        n_clusters=panel.n_clusters,
        convention=convention_text(counts_of(panel, extra_regressors=1)),
    )


def _not_identified(panel: Panel, treated: str, post: str) -> str:
    """Return why the effects and controls leave nothing of the treatment."""
    what = f"columns {treated!r} x {post!r} (treatment): "
    late = panel.column(post)[panel.column(treated) == 1]
    if not late.any() or late.all():
        when = "before" if late.all() else "after"
        return f"{what}no treated unit has a complete row {when} the policy"
    if panel.n_regressors == 0:
        return f"{what}nothing of it is left once effects are removed"
    names = ", ".join(map(repr, panel.regressors))
    return f"{what}collinear with the controls {names} once effects are removed"
