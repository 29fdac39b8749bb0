"""Checks before the report: what it will show is all there and says one thing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from oib_pipeline.quality.expect import View, between, one_of
from oib_pipeline.quality.judge import judge
from oib_pipeline.quality.outcome import Outcome

HEADLINE = ("est_baseline", "est_event_study", "est_dynamic", "est_regional")
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
    return judge(
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
    there = [tables[name].assign(table=name) for name in HEADLINE if name in tables]
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
    there = [
        frame[columns]
        for name, frame in sorted(tables.items())
        if name in {*HEADLINE, "est_inference"} and set(columns) <= set(frame)
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
