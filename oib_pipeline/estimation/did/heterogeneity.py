"""Effects by group and tests of equality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from oib_pipeline.estimation.data.columns import (
    check_columns,
    codes,
    column_names,
    group_values,
    whole_number,
)
from oib_pipeline.estimation.data.panel import Panel, panel_from_frame
from oib_pipeline.estimation.data.treatment import Assignments, Staggered, hold_one_start
from oib_pipeline.estimation.inference.joint import NOT_TESTED, WaldTest
from oib_pipeline.estimation.inference.permutation import TIE, Observed, permute
from oib_pipeline.estimation.inference.permutation_engine import treated_sets
from oib_pipeline.estimation.regression.fit import fit
from oib_pipeline.estimation.regression.results import Estimate, estimate_of
from oib_pipeline.estimation.regression.vcov import t_quantile

UNDEFINED = Observed(np.nan, np.nan)


@dataclass(frozen=True, eq=False)
class Redraws:
    """One group's permutation p-values, and draws with the common effect imposed.

    ``coefficients`` and ``t_statistics`` have shape (draws,); they are None where no common effect
    is defined, and all is undefined where the treatment is not 0/1 with one start. ``observed``
    is the true assignment's, its error clustered by unit as those of the draws are. ``note`` says
    why a group that could be redrawn was not.
    """

    p_t: float = np.nan
    p_coefficient: float = np.nan
    coefficients: np.ndarray | None = None
    t_statistics: np.ndarray | None = None
    observed: Observed = UNDEFINED
    note: str = ""


def common_effect(estimates: Sequence[Estimate]) -> float:
    """Return the mean effect weighted by precision, NaN where a standard error is zero."""
    beta = np.array([one.estimate for one in estimates])
    se = np.array([one.se for one in estimates])
    return float(_common(beta[:, None], se[:, None])[0]) if (se > 0).all() else float("nan")


def equality_test(estimates: Sequence[Estimate]) -> WaldTest:
    """Return the F test that R independent estimates are equal, NaN for fewer than two."""
    from scipy.special import fdtrc

    q = len(estimates) - 1
    df = sum(one.n_clusters for one in estimates) - len(estimates)
    beta = np.array([one.estimate for one in estimates])
    se = np.array([one.se for one in estimates])
    if q == 0 or not (se > 0).all():
        return NOT_TESTED._replace(df=q, df_denominator=df)
    statistic = float(_spread(beta[:, None], se[:, None])[0]) / q
    return WaldTest(statistic, q, df, float(fdtrc(q, df, statistic)))


def redraw(panel: Panel, common: float, draws: int, seed: Sequence[int]) -> Redraws:
    """Return a group's redraws: of its own outcome, and of the outcome less the common effect."""
    did, controls = panel.arrays[1], panel.arrays[2 : 1 + panel.n_regressors]
    parts = _one_start(panel, did)
    if draws == 0 or parts is None:
        return Redraws()
    mark, late = parts
    rest = panel.with_regressors(panel.regressors[1:], controls)
    code = np.random.SeedSequence(list(seed)).generate_state(1, np.uint64)[0]
    assignments = Assignments(mark, draws, int(code))
    try:
        sets = treated_sets(rest, late)
    except ValueError as reason:  # nothing of the outcome is left to redraw the treatment on
        return Redraws(note=f"no permutation: {reason}")
    observed = Observed(*(float(value[0]) for value in sets(mark[None, :])))
    own = permute(sets, assignments, observed, 0)
    if not np.isfinite(common):
        return Redraws(own["p_t"], own["p_coefficient"], observed=observed)
    less = panel.with_regressors(panel.regressors[1:], controls)
    less.arrays[0] -= common * did
    try:
        imposed = permute(treated_sets(less, late), assignments, observed, draws)
    except ValueError as reason:
        note = f"no permutation with the common effect imposed: {reason}"
        return Redraws(own["p_t"], own["p_coefficient"], observed=observed, note=note)
    return Redraws(
        own["p_t"],
        own["p_coefficient"],
        imposed["coefficients"],
        imposed["t_statistics"],
        observed,
    )


def permuted_equality(redraws: Sequence[Redraws]) -> float:
    """Return the permutation p of equality: redraws of all groups, the common effect imposed.

    Observed and redrawn spreads both take errors clustered by unit, whatever the estimates'
    clusters: units are what is redrawn, and unlike errors cannot be compared. NaN for fewer than
    two groups, and where the observed spread or every redrawn one is undefined.
    """
    if len(redraws) < 2:
        return float("nan")
    beta, t = [], []
    for one in redraws:
        if one.coefficients is None or one.t_statistics is None:
            return float("nan")
        beta.append(np.append(one.observed.coefficient, one.coefficients))
        t.append(np.append(one.observed.t, one.t_statistics))
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = _spread(np.array(beta), np.array(beta) / np.array(t))
    observed, drawn = spread[0], spread[1:]
    drawn = drawn[np.isfinite(drawn)]
    if not np.isfinite(observed) or not drawn.size:
        return float("nan")
    return float((1 + (drawn >= observed * (1 - TIE)).sum()) / (1 + drawn.size))


def _common(beta: np.ndarray, se: np.ndarray) -> np.ndarray:
    precision = 1 / se**2
    return (precision * beta).sum(axis=0) / precision.sum(axis=0)


def _spread(beta: np.ndarray, se: np.ndarray) -> np.ndarray:
    """Return sum over groups of ((beta - common) / se)^2, shape (draws,)."""
    return (((beta - _common(beta, se)) / se) ** 2).sum(axis=0)


def _one_start(panel: Panel, did: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Return treated units (N,) and post of each row (n,), None if did is no product of them."""
    mark = np.bincount(panel.unit, did != 0, panel.n_units) > 0
    late = (np.bincount(panel.time, did != 0, panel.n_times) > 0).astype(float)[panel.time]
    return (mark, late) if np.array_equal(did, mark[panel.unit] * late) else None


@dataclass(frozen=True, eq=False)
class GroupEstimate:
    """One group's estimate, None with the reason in ``note`` where the group has none."""

    label: object
    estimate: Estimate | None
    n_treated: int
    n_control: int
    p_t: float = np.nan
    p_coefficient: float = np.nan
    note: str = ""


@dataclass(frozen=True, eq=False)
class GroupEstimates:
    """Estimates by group and the test that all are equal.

    ``equality`` compares the groups' estimates by their standard errors; ``equality_p_permuted``
    redraws treated units within each group with the common effect imposed, which holds where few
    are treated and the F distribution does not.
    """

    group: str
    outcome: str
    term: str
    estimates: tuple[GroupEstimate, ...]
    equality: WaldTest
    equality_p_permuted: float
    draws: int

    def to_frame(self, model: str | None = None) -> pd.DataFrame:
        """Return the long table of all groups, the treatment first in each.

        Columns of :meth:`Estimate.to_frame` and: group, n_treated, n_control, p_t, p_coefficient
        (permutation, of the treatment), note, joint_statistic, joint_df, joint_df_denominator,
        joint_p, joint_p_permuted, draws. A group without an estimate has one row of NaN.
        """
        table = pd.concat([self._rows(one, model) for one in self.estimates], ignore_index=True)
        table["joint_statistic"] = self.equality.statistic
        table["joint_df"] = self.equality.df
        table["joint_df_denominator"] = self.equality.df_denominator
        table["joint_p"] = self.equality.p
        table["joint_p_permuted"] = self.equality_p_permuted
        table["draws"] = self.draws
        return table

    def _rows(self, one: GroupEstimate, model: str | None) -> pd.DataFrame:
        if one.estimate is not None:
            rows = one.estimate.to_frame(model)
        else:
            numbers = ["estimate", "se", "t", "p", "ci_low", "ci_high", "r2_within"]
            blank: dict[str, object] = {"outcome": self.outcome}
            blank |= {} if model is None else {"model": model}
            blank |= {"term": self.term} | dict.fromkeys(numbers, np.nan)
            blank |= dict.fromkeys(["n_obs", "n_clusters", "n_missing", "n_singletons"], 0)
            rows = pd.DataFrame([blank | {"convention": ""}])
        first = rows["term"] == self.term
        rows.insert(rows.columns.get_loc("term"), "group", one.label)
        rows["n_treated"], rows["n_control"] = one.n_treated, one.n_control
        rows["p_t"] = np.where(first, one.p_t, np.nan)
        rows["p_coefficient"] = np.where(first, one.p_coefficient, np.nan)
        rows["note"] = one.note
        return rows


def by_group(
    data: pd.DataFrame,
    *,
    group: str,
    outcome: str,
    treatment: str,
    unit: str,
    time: str,
    controls: Sequence[str] = (),
    cluster: str | None = None,
    draws: int = 999,
    seed: int = 0,
    level: float = 0.95,
    staggered: Staggered = "refuse",
) -> GroupEstimates:
    """Return :func:`twfe` within each group of units and a joint test of equality.

    Groups are separate samples, so their estimates are independent and equality is tested by
    F = sum_g ((beta_g - beta) / se_g)^2 / (R - 1), beta their mean weighted by 1 / se_g^2, on R - 1
    and G - R degrees of freedom (G clusters in all). Where the treatment is 0/1 and starts for all
    treated units at once, each group also gets permutation p-values as in :func:`placebo`, treated
    units redrawn within it, and the test one with the common effect imposed; these take errors
    clustered by unit, whatever ``cluster`` is, since units are redrawn.

    Parameters
    ----------
    group : str
        Column of labels, fixed within a unit.
    draws, seed : int
        Redraws in each group; 0 for none.
    data, outcome, treatment, unit, time, controls, cluster, level, staggered
        As in :func:`twfe`; one start is asked of each group.

    Returns
    -------
    GroupEstimates
        In order of the labels, with the treated and other units of each estimation sample. A group
        whose model cannot be estimated, for want of treated units for instance, is kept with NaN,
        the reason and the units of its rows.

    Raises
    ------
    ValueError
        As :func:`twfe` for the data as a whole; a group that varies within a unit or cuts a
        cluster; no group at all with an estimate.
    """
    draws, seed = whole_number(draws, "draws", 0), whole_number(seed, "seed", 0)
    columns = column_names(controls, "controls")
    cluster = cluster or unit
    check_columns(data, {group: "group", unit: "unit", treatment: "treatment", cluster: "cluster"})
    # What is wrong with the data is an error; only what one group lacks becomes its note.
    whole = panel_from_frame(
        data,
        outcome=outcome,
        regressors=(treatment, *columns),
        unit=unit,
        time=time,
        cluster=cluster,
    )
    t_quantile(level, whole.n_clusters - 1)
    code, labels = codes(data, group, "group")
    for name, kind in ((unit, "unit"), (cluster, "cluster")):
        inner, values = codes(data, name, kind)
        group_values(code, inner, len(values), group, kind)
    models = {}
    for position, label in enumerate(labels.tolist()):
        rows = data[code == position]
        models[label] = _fit(rows, outcome, (treatment, *columns), unit, time, cluster, level)
    fitted = {label: model for label, model in models.items() if not isinstance(model, str)}
    if not fitted:
        reason = next(iter(models.values()))
        raise ValueError(f"column {group!r} (group): no group has an estimate; {reason}")
    for label, (panel, _) in fitted.items():
        try:
            hold_one_start(panel, treatment, staggered)
        except ValueError as reason:
            raise ValueError(f"group {label!r}: {reason}") from reason
    found = [estimate for _, estimate in fitted.values()]
    common = common_effect(found)
    redraws = {
        label: redraw(panel, common, draws, (seed, position))
        for position, (label, (panel, _)) in enumerate(fitted.items())
    }
    estimates = []
    for position, label in enumerate(labels.tolist()):
        if label in fitted:
            panel, estimate = fitted[label]
            counts, drawn = _fitted_units(panel), redraws[label]
            p_values = (drawn.p_t, drawn.p_coefficient)
            one = GroupEstimate(label, estimate, *counts, *p_values, drawn.note)
        else:
            counts = _units(data[code == position], treatment, unit)
            one = GroupEstimate(label, None, *counts, note=str(models[label]))
        estimates.append(one)
    return GroupEstimates(
        group=group,
        outcome=outcome,
        term=treatment,
        estimates=tuple(estimates),
        equality=equality_test(found),
        equality_p_permuted=permuted_equality(list(redraws.values())),
        draws=draws,
    )


def _fit(
    rows: pd.DataFrame,
    outcome: str,
    regressors: tuple[str, ...],
    unit: str,
    time: str,
    cluster: str,
    level: float,
) -> tuple[Panel, Estimate] | str:
    """Return a group's panel and estimate, or why it has none."""
    try:
        panel = panel_from_frame(
            rows, outcome=outcome, regressors=regressors, unit=unit, time=time, cluster=cluster
        )
        if not panel.column(regressors[0]).any():
            return f"column {regressors[0]!r} (treatment): no treated unit"
        return panel, estimate_of(fit(panel), regressors[0], level)
    except ValueError as reason:
        return str(reason)


def _fitted_units(panel: Panel) -> tuple[int, int]:
    """Return how many units of the estimation sample are ever treated, and how many never."""
    ever = np.bincount(panel.unit, panel.arrays[1] != 0, panel.n_units) > 0
    return int(ever.sum()), int((~ever).sum())


def _units(rows: pd.DataFrame, treatment: str, unit: str) -> tuple[int, int]:
    """Return how many units are ever treated, and how many never, in rows without a fit."""
    ever = rows[treatment].fillna(0).ne(0).groupby(rows[unit]).any()
    return int(ever.sum()), int((~ever).sum())
