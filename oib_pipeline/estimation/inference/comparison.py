"""The ledger: one model's estimate under every way of judging its error."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from oib_pipeline.estimation.data.columns import column_names
from oib_pipeline.estimation.data.panel import panel_from_frame
from oib_pipeline.estimation.data.treatment import treatment_parts, with_did
from oib_pipeline.estimation.inference.permutation import placebo
from oib_pipeline.estimation.inference.wild_bootstrap import bootstrap_statistics, interval
from oib_pipeline.estimation.regression.fit import fit
from oib_pipeline.estimation.regression.vcov import (
    Fit,
    p_value,
    panelols_factor,
    small_sample_factor,
    t_quantile,
)


def compare_inference(
    data: pd.DataFrame,
    *,
    outcome: str,
    treated: str,
    post: str,
    unit: str,
    time: str,
    controls: Sequence[str] = (),
    cluster: str | None = None,
    draws: int = 9999,
    bootstrap_draws: int = 9999,
    seed: int = 0,
    strata: Sequence[str] | str | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Return the inference ledger of a two-way model of treated x post.

    One fit, judged by: CR0 without correction; the one convention; PanelOLS's default, which
    counts every effect; wild cluster bootstrap with Rademacher and with Webb weights; permutation
    of treated units by t (to be reported first) and by coefficient.

    Parameters
    ----------
    draws, bootstrap_draws, seed, strata
        As in :func:`placebo` and :func:`wild_cluster_bootstrap`.
    data, outcome, treated, post, unit, time, controls, cluster, level
        As in :func:`placebo` and :func:`twfe`. Permutation clusters by unit.

    Returns
    -------
    pandas.DataFrame
        One row a method: outcome, term, method, estimate, se, t, p, ci_low, ci_high, n_obs,
        n_clusters, r2_within, convention. What a method does not define is NaN.

    Raises
    ------
    ValueError
        As :func:`placebo` and :func:`twfe`.
    """
    columns = column_names(controls, "controls")
    panel = panel_from_frame(
        data, outcome=outcome, regressors=columns, unit=unit, time=time, cluster=cluster,
        extra=(treated, post),
    )  # fmt: skip
    treatment_parts(panel, treated, post)
    fitted = fit(with_did(panel, treated, post))
    rows = _analytic(fitted, level)
    for kind in ("rademacher", "webb"):
        statistics = bootstrap_statistics(fitted.panel, kind, bootstrap_draws, seed)
        low, high = interval(statistics, level)
        made = statistics.numerator.shape[1]
        how = "every pattern" if statistics.enumerated else f"{made} draws"
        text = f"wild cluster bootstrap, null imposed, {kind} weights, {how}"
        rows.append((f"wild bootstrap ({kind})", statistics.se, statistics.p(), low, high, text))
    permuted = placebo(
        data, outcome=outcome, treated=treated, post=post, unit=unit, time=time,
        controls=columns, draws=draws, seed=seed, strata=strata, keep=0,
    )  # fmt: skip
    for name, p in (("t", permuted.p_t), ("coefficient", permuted.p_coefficient)):
        text = f"treated units redrawn {draws} times, compared by {name}"
        rows.append((f"permutation ({name})", np.nan, p, np.nan, np.nan, text))
    return _table(fitted, rows)


Row = tuple[str, float, float, float, float, str]


def _analytic(fitted: Fit, level: float) -> list[Row]:
    counts, beta, variance = fitted.counts, fitted.coefficients[0], fitted.cr0[0, 0]
    clusters = counts.n_clusters - 1
    rest = counts.n_obs - counts.n_regressors - counts.n_units - counts.n_times + 1
    kinds = (
        ("CR0", 1.0, clusters, f"no correction; t with {clusters} df"),
        ("convention", small_sample_factor(counts), clusters, fitted.convention),
        (
            "PanelOLS default",
            panelols_factor(counts),
            rest,
            f"CR0 x n/(n-k-N-T+1), all effects counted; t with {rest} df",
        ),
    )
    rows = []
    for name, factor, df, text in kinds:
        se = float(np.sqrt(variance * factor))
        p = float(p_value(np.array(beta / se), df)) if se > 0 and df > 0 else np.nan
        half = t_quantile(level, df) * se if df > 0 else np.nan
        rows.append((name, se, p, beta - half, beta + half, text))
    return rows


def _table(fitted: Fit, rows: list[Row]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["method", "se", "p", "ci_low", "ci_high", "convention"])
    table["outcome"], table["term"] = fitted.panel.outcome, fitted.panel.regressors[0]
    table["estimate"] = fitted.coefficients[0]
    table["t"] = table["estimate"] / table["se"].where(table["se"] > 0)
    table["n_obs"], table["n_clusters"] = fitted.panel.n_obs, fitted.panel.n_clusters
    table["r2_within"] = fitted.r2_within
    order = ["outcome", "term", "method", "estimate", "se", "t", "p", "ci_low", "ci_high"]
    return table[[*order, "n_obs", "n_clusters", "r2_within", "convention"]]
