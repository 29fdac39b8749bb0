"""Effects by group of units, with a test that the groups differ."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from oib_pipeline.estimation.arguments import whole_number
from oib_pipeline.estimation.columns import check_columns, codes, column_names, group_values
from oib_pipeline.estimation.convention import t_quantile
from oib_pipeline.estimation.door import read_panel
from oib_pipeline.estimation.fits import fit
from oib_pipeline.estimation.group_result import GroupEstimate, GroupEstimates
from oib_pipeline.estimation.group_tests import (
    common_effect,
    equality_test,
    permuted_equality,
    redraw,
)
from oib_pipeline.estimation.panel import Panel
from oib_pipeline.estimation.results import Estimate, estimate_of
from oib_pipeline.estimation.starts import Staggered, hold_one_start


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
    whole = read_panel(
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
        panel = read_panel(
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
