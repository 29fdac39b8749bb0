"""Checks after the estimates: complete, finite, and consistent within each row."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from oib_pipeline.contract.tables import tables
from oib_pipeline.quality.expect import Expect, View, absent, between, equal, present
from oib_pipeline.quality.generated import key_expects, prepared, schema_view, valid_expects
from oib_pipeline.quality.judge import judge
from oib_pipeline.quality.numbers import agree
from oib_pipeline.quality.outcome import Outcome
from oib_pipeline.quality.terms import terms_view

TERM = ["model", "outcome", "term"]
ROUNDING = 1e-6
BY_PERMUTATION = ("est_placebo", "est_inference")


def check_estimates(
    table: str,
    frame: pd.DataFrame,
    *,
    expected: pd.DataFrame,
    panel_rows: int,
    panel_cities: int,
    without_se: Collection[str] = (),
) -> list[Outcome]:
    """Outcomes for one table of estimates of one study.

    Parameters
    ----------
    table
        Name of the table, as ``est_baseline``.
    frame
        Slice of the table for the study.
    expected
        ``model``, ``outcome``, ``term``: exactly these rows must be there. Where it has ``n_obs``
        or ``n_clusters``, a value that is not missing must be met exactly.
    panel_rows, panel_cities
        City-years and cities of the study panel, which no count may exceed.
    without_se
        Models or terms that have no standard error by construction (a test statistic, a
        reference year).

    Notes
    -----
    A row without an estimate passes where its ``note`` says why. In ``est_placebo`` and
    ``est_inference`` a p-value may stand for the standard error and the interval.
    """
    rows = prepared(table, frame)
    rows = _derived(rows, expected, _exempt(rows, table in BY_PERMUTATION, without_se))
    expects = (
        *key_expects(table),
        *valid_expects(table),
        *_consistent(),
        *_bounds(panel_rows, panel_cities),
        *_counts(expected),
    )
    view = View(table, rows, tables()[table].key, expects)
    return judge(table, [schema_view(table, frame), view, terms_view(table, rows, expected, TERM)])


def _consistent() -> list[Expect]:
    return [
        present("se_positive", "usable_se", "finite and above zero", show=("estimate", "se")),
        absent(
            "ci_contains_estimate",
            "outside_ci",
            "ci_low <= estimate <= ci_high",
            show=("ci_low", "estimate", "ci_high"),
        ),
        absent(
            "t_is_estimate_over_se",
            "wrong_t",
            "t = estimate / se",
            show=("estimate", "se", "t"),
        ),
    ]


def _bounds(panel_rows: int, panel_cities: int) -> list[Expect]:
    check, shown = "counts_as_expected", ("n_obs", "n_clusters")
    return [
        between(check, "used_obs", 1, panel_rows, "city-years of the panel", show=shown),
        between(check, "used_clusters", 2, panel_cities, "cities of the panel", show=shown),
    ]


def _counts(expected: pd.DataFrame) -> list[Expect]:
    says = "the number of the sample"
    return [
        equal("counts_as_expected", name, f"expected_{name}", says, show=(name, f"expected_{name}"))
        for name in ("n_obs", "n_clusters")
        if name in expected
    ]


def _exempt(rows: pd.DataFrame, permuted: bool, without_se: Collection[str]) -> pd.Series:
    """Rows that need no standard error: stated so, explained by a note, or with a p of draws."""
    stated = rows["model"].isin(list(without_se)) | rows["term"].isin(list(without_se))
    explained = _explained_gap(rows) if "note" in rows else pd.Series(False, rows.index)
    return stated | explained | (rows["p"].notna() & permuted)


def _explained_gap(rows: pd.DataFrame) -> pd.Series:
    noted = rows["note"].astype("object").where(rows["note"].notna(), "").astype(str)
    return rows["estimate"].isna() & (noted.str.strip() != "")


def _derived(rows: pd.DataFrame, expected: pd.DataFrame, exempt: pd.Series) -> pd.DataFrame:
    numbers = {
        name: pd.to_numeric(rows[name], errors="coerce")
        for name in ("estimate", "se", "t", "ci_low", "ci_high")
    }
    estimate, se = numbers["estimate"], numbers["se"]
    mark = rows["term"].astype("object")
    usable = np.isfinite(estimate) & np.isfinite(se) & (se > 0)
    usable |= exempt & se.isna() & ~np.isinf(estimate)
    rows["usable_se"] = mark.where(usable)
    without_ci = exempt & numbers["ci_low"].isna() & numbers["ci_high"].isna()
    inside = (numbers["ci_low"] <= estimate) & (estimate <= numbers["ci_high"])
    rows["outside_ci"] = mark.where(~(inside | without_ci))
    ratio = (estimate / se.where(se > 0)).where(~exempt)
    rows["wrong_t"] = mark.where(~(agree(numbers["t"], ratio, ROUNDING) | exempt))
    for name in ("obs", "clusters"):
        rows[f"used_{name}"] = rows[f"n_{name}"].where(~(exempt & estimate.isna()))
    counts = [name for name in ("n_obs", "n_clusters") if name in expected]
    if counts:
        wanted = expected.rename(columns={name: f"expected_{name}" for name in counts})
        names = [f"expected_{name}" for name in counts]
        rows = rows.merge(wanted[[*TERM, *names]].drop_duplicates(TERM), on=TERM, how="left")
        for name in counts:
            rows[f"expected_{name}"] = rows[f"expected_{name}"].fillna(rows[name])
    return rows
