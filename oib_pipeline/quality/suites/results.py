"""Estimates, descriptive statistics, report inputs."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from oib_pipeline.analysis.catalogue import RESULTS
from oib_pipeline.contract.tables import tables
from oib_pipeline.quality.contract_suite import key_expects, prepared, schema_view, valid_expects
from oib_pipeline.quality.engine import judge_view
from oib_pipeline.quality.expectations import (
    Expect,
    View,
    absent,
    between,
    equal,
    equal_within,
    one_of,
    present,
    terms_view,
)
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

    Notes
    -----
    A row without an estimate passes where its ``note`` says why. Where the catalogue of results
    has ``permuted``, a p-value may stand for the standard error and the interval.
    """
    rows = prepared(table, frame)
    rows = _derived(rows, expected, _exempt(rows, _permuted(table), without_se))
    expects = (
        *key_expects(table),
        *valid_expects(table),
        *_consistent(),
        *_bounds(panel_rows, panel_cities),
        *_counts(expected),
    )
    view = View(table, rows, tables()[table].key, expects)
    return judge_view(
        table, [schema_view(table, frame), view, terms_view(table, rows, expected, TERM)]
    )


def _permuted(table: str) -> bool:
    return any(one.permuted for one in RESULTS.values() if one.table == table)


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
    rows["wrong_t"] = mark.where(~(equal_within(numbers["t"], ratio, ROUNDING) | exempt))
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
        terms_view(table, rows, expected, ["variable"]),
    ]
    return judge_view(table, views)


KEY = ["model", "outcome", "term"]


def check_before_report(
    tables: Mapping[str, pd.DataFrame],
    *,
    study: str,
    results: Sequence[str],
    tolerance: float = 1e-9,
) -> list[Outcome]:
    """Outcomes for the report of one study.

    Parameters
    ----------
    tables
        Slices of the ``est_*`` tables by name; a result the study does not ask for may be absent.
    study, results
        The study and the results it asks for, as ``baseline`` for ``est_baseline``.
    tolerance
        Relative difference up to which two tables show one estimate.
    """
    return judge_view(
        "report",
        [
            _present(tables, study, results),
            _conventions(tables),
            _headline(tables, tolerance),
        ],
    )


def _present(tables: Mapping[str, pd.DataFrame], study: str, results: Sequence[str]) -> View:
    names = sorted({f"est_{result}" for result in results})
    frames = [tables.get(name, pd.DataFrame({"study": []})) for name in names]
    rows = pd.DataFrame(
        {
            "table": names,
            "rows": [len(frame) for frame in frames],
            "other_rows": [int((frame["study"] != study).sum()) for frame in frames],
        }
    )
    expects = (
        between("results_present", "rows", 1, None, "at least one row"),
        between("results_present", "other_rows", 0, 0, f"only rows of {study}"),
    )
    return View("report tables", rows, ("table",), expects)


def _conventions(tables: Mapping[str, pd.DataFrame]) -> View:
    names = [one.table for one in RESULTS.values() if "convention" in one.agrees]
    there = [tables[name].assign(table=name) for name in names if name in tables]
    columns = ["table", "convention"]
    fitted = [frame.loc[frame["estimate"].notna(), columns] for frame in there]
    rows = pd.concat([pd.DataFrame(columns=columns), *fitted])
    # The degrees of freedom follow the cities an outcome has; the convention does not.
    rows["convention"] = rows["convention"].str.replace(r" = \d+ df", "", regex=True)
    rows = rows.drop_duplicates().sort_values(columns, ignore_index=True)
    usual = rows["convention"].mode().head(1)
    says = "the same convention in every headline table"
    expect = one_of("one_convention", "convention", usual, says, show=("convention",))
    return View("report conventions", rows, ("table",), (expect,))


def _headline(tables: Mapping[str, pd.DataFrame], tolerance: float) -> View:
    """One row a model, outcome and term of any table: how far apart its estimates lie."""
    columns = [*KEY, "estimate"]
    compared = {one.table for one in RESULTS.values() if "estimate" in one.agrees}
    there = [
        frame[columns]
        for name, frame in sorted(tables.items())
        if name in compared and set(columns) <= set(frame)
    ]
    long = pd.concat([pd.DataFrame(columns=columns).astype({"estimate": "float64"}), *there])
    groups = long.groupby(KEY)["estimate"]
    spread = pd.DataFrame({"lowest": groups.min(), "highest": groups.max()}).reset_index()
    scale = spread[["lowest", "highest"]].abs().max(axis=1)
    spread["difference"] = (spread["highest"] - spread["lowest"]) / scale.where(scale > 0, 1.0)
    expect = between(
        "headline_agrees",
        "difference",
        0,
        tolerance,
        "one estimate in every table",
        show=("lowest", "highest"),
    )
    return View("report headline", spread, tuple(KEY), (expect,))
