"""Checks after the estimates: complete, finite, and consistent within each row."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from oib_pipeline.contract.tables import tables
from oib_pipeline.quality.expect import Expect, View, absent, between, equal, one_of, present
from oib_pipeline.quality.generated import key_expects, prepared, schema_view, valid_expects
from oib_pipeline.quality.judge import judge
from oib_pipeline.quality.numbers import agree
from oib_pipeline.quality.outcome import Outcome

TERM = ["model", "outcome", "term"]
ROUNDING = 1e-6


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
    """
    rows = _derived(prepared(table, frame), expected, without_se)
    expects = (
        *key_expects(table),
        *valid_expects(table),
        *_consistent(),
        between("counts_as_expected", "n_obs", 1, panel_rows, "city-years of the panel"),
        between("counts_as_expected", "n_clusters", 2, panel_cities, "cities of the panel"),
        *_counts(expected),
    )
    view = View(table, rows, tables()[table].key, expects)
    return judge(table, [schema_view(table, frame), view, _terms(table, rows, expected)])


def check_descriptive(
    frame: pd.DataFrame, *, variables: Sequence[str], panel_rows: int
) -> list[Outcome]:
    """Outcomes for ``est_descriptive`` of one study: every variable, all rows accounted for."""
    table = "est_descriptive"
    rows = prepared(table, frame)
    rows["accounted"] = rows["n"] + rows["missing"]
    rows["panel_rows"] = panel_rows
    rows["disorder"] = (rows["min"] - rows["mean"]).clip(lower=0) + (
        rows["mean"] - rows["max"]
    ).clip(lower=0)
    slack = ROUNDING * rows[["min", "max"]].abs().max(axis=1).max() if len(rows) else 0.0
    order = "order_of_statistics"
    shown = ("min", "mean", "max")
    expects = (
        *key_expects(table),
        *valid_expects(table),
        between(order, "disorder", 0, float(slack), "min <= mean <= max", show=shown),
        between(order, "sd", 0, None),
        equal(
            "counts_as_expected",
            "accounted",
            "panel_rows",
            "n + missing = rows of the panel",
            show=("n", "missing", "panel_rows"),
        ),
    )
    expected = pd.DataFrame({"variable": list(variables)})
    views = [
        schema_view(table, frame),
        View(table, rows, tables()[table].key, expects),
        _terms(table, rows, expected, ["variable"]),
    ]
    return judge(table, views)


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


def _counts(expected: pd.DataFrame) -> list[Expect]:
    says = "the number of the sample"
    return [
        equal("counts_as_expected", name, f"expected_{name}", says, show=(name, f"expected_{name}"))
        for name in ("n_obs", "n_clusters")
        if name in expected
    ]


def _derived(
    rows: pd.DataFrame, expected: pd.DataFrame, without_se: Collection[str]
) -> pd.DataFrame:
    numbers = {
        name: pd.to_numeric(rows[name], errors="coerce")
        for name in ("estimate", "se", "t", "ci_low", "ci_high")
    }
    estimate, se = numbers["estimate"], numbers["se"]
    exempt = rows["model"].isin(list(without_se)) | rows["term"].isin(list(without_se))
    mark = rows["term"].astype("object")
    usable = (np.isfinite(se) & (se > 0)) | (exempt & se.isna())
    rows["usable_se"] = mark.where(usable)
    without_ci = exempt & numbers["ci_low"].isna() & numbers["ci_high"].isna()
    inside = (numbers["ci_low"] <= estimate) & (estimate <= numbers["ci_high"])
    rows["outside_ci"] = mark.where(~(inside | without_ci))
    ratio = (estimate / se.where(se > 0)).where(~exempt)
    rows["wrong_t"] = mark.where(~(agree(numbers["t"], ratio, ROUNDING) | exempt))
    counts = [name for name in ("n_obs", "n_clusters") if name in expected]
    if counts:
        wanted = expected.rename(columns={name: f"expected_{name}" for name in counts})
        names = [f"expected_{name}" for name in counts]
        rows = rows.merge(wanted[[*TERM, *names]].drop_duplicates(TERM), on=TERM, how="left")
        for name in counts:
            rows[f"expected_{name}"] = rows[f"expected_{name}"].fillna(rows[name])
    return rows


def _terms(
    table: str, rows: pd.DataFrame, expected: pd.DataFrame, key: Sequence[str] = tuple(TERM)
) -> View:
    """One row an expected or found term: in which of the two it is."""
    key = list(key)
    both = (
        expected[key]
        .drop_duplicates()
        .merge(rows[key].drop_duplicates(), on=key, how="outer", indicator="where")
    )
    words = {"both": "as expected", "left_only": "missing", "right_only": "unexpected"}
    both["state"] = both.pop("where").astype(str).map(words)
    both = both.sort_values(key, ignore_index=True)
    says = "the expected terms, all of them and no other"
    expect = one_of("terms_complete", "state", ["as expected"], says, show=("state",))
    return View(f"{table} terms", both, tuple(key), (expect,))
