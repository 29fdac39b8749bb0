"""Checks after reconciling: one choice a value, explained, whole and inside the contract."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import pandas as pd

from oib_pipeline.contract.tables import tables
from oib_pipeline.contract.variables import bundles, variables
from oib_pipeline.quality.contract_suite import (
    in_use,
    key_expects,
    prepared,
    schema_view,
    valid_expects,
    years_view,
)
from oib_pipeline.quality.engine import judge_view
from oib_pipeline.quality.expectations import Expect, View, absent, between, factors
from oib_pipeline.quality.outcome import Outcome

CITY_YEAR = ["precedence", "city_code", "year", "scope"]
CELL = ("file", "sheet", "cell")


def check_sources(
    sources: pd.DataFrame,
    *,
    years: Iterable[int],
    cities: Collection[str],
    scope: str,
    min_share: float = 0.8,
) -> list[Outcome]:
    """Outcomes for ``core_sources`` of one order of precedence.

    Parameters
    ----------
    sources
        Slice of the table for one precedence, every scope.
    years, cities, scope
        What must be there: a year in which fewer than ``min_share`` of these cities have a chosen
        value at this scope fails. Only there does a value out of range stop the run.
    """
    frame = _derived(prepared("core_sources", sources))
    key = tables()["core_sources"].key
    chosen = frame["chosen"].fillna(False).astype(bool)
    years = sorted(set(years))
    used = chosen & in_use(frame, years, cities, scope)
    rest = chosen & ~used
    expects = (*key_expects("core_sources"), *valid_expects("core_sources"), *_choosing())
    views = [
        schema_view("core_sources", sources),
        View("core_sources", frame, key, expects, CELL),
        View("core_sources chosen", frame[used], key, (_inside("chosen_in_range"),), CELL),
        View("core_sources rest", frame[rest], key, (_inside("chosen_elsewhere_in_range"),), CELL),
        View("core_sources others", frame[~chosen], key, (_inside("candidates_in_range"),), CELL),
        years_view(
            f"core_sources chosen, {scope}",
            "years_complete",
            frame[used],
            years=years,
            cities=cities,
            min_share=min_share,
        ),
    ]
    return judge_view("core_sources", views)


def check_findings(findings: pd.DataFrame) -> list[Outcome]:
    """Outcomes for ``core_findings``: what the reconciliation's rules found, by severity."""
    frame = findings.reset_index(drop=True)
    frame["errors"] = frame["rule"].where(frame["severity"] == "error")
    frame["warnings"] = frame["rule"].where(frame["severity"] == "warning")
    shown = ("rule", "value", "message")
    expects = (
        absent("findings_without_error", "errors", "no error found", show=shown),
        absent("findings_without_warning", "warnings", "no warning found", show=shown),
    )
    key = ("city_code", "year", "scope", "variable")
    return judge_view("core_findings", [View("core_findings", frame, key, expects)])


def _choosing() -> list[Expect]:
    return [
        between(
            "one_chosen", "n_chosen", 0, 1, "at most one chosen release", show=("n_chosen", "value")
        ),
        absent(
            "choices_explained",
            "unexplained",
            "a reason why it was chosen or passed over",
            show=("value", "chosen", "reason"),
        ),
        between(
            "bundles_whole",
            "bundle_releases",
            None,
            1,
            "all parts of the composition from one release",
            show=("bundle", "bundle_releases"),
        ),
        between(
            "bundles_whole",
            "bundle_missing",
            None,
            0,
            "all parts of the composition, or none",
            show=("bundle", "bundle_missing"),
        ),
        absent(
            "units_known",
            "unknown_unit",
            "a unit that contract/units.csv lists for the variable",
            show=("stated_unit",),
        ),
    ]


def _inside(check: str) -> Expect:
    shown = ("text", "stated_unit", "value", "valid_min", "valid_max")
    return between(check, "outside", 0, 0, "inside the contract's range", show=shown)


def _derived(frame: pd.DataFrame) -> pd.DataFrame:
    known = variables()
    chosen = frame["chosen"].fillna(False).astype(bool)
    value = pd.to_numeric(frame["value"], errors="coerce")
    for end in ("min", "max"):
        bounds = {name: getattr(variable, end) for name, variable in known.items()}
        frame[f"valid_{end}"] = frame["variable"].map(bounds).astype("float64")
    below, above = frame["valid_min"] - value, value - frame["valid_max"]
    frame["outside"] = below.clip(lower=0) + above.clip(lower=0)
    # A value that is missing is a correction's doing; a chosen one must be there.
    frame.loc[chosen & value.isna(), "outside"] = float("inf")
    factor = factors(frame["variable"], frame["stated_unit"])
    frame["unknown_unit"] = frame["stated_unit"].fillna("(none)").where(factor.isna())
    reason = frame["reason"].astype("object").where(frame["reason"].notna(), "").astype(str)
    frame["unexplained"] = frame["variable"].where(reason.str.strip() == "")
    groups = [frame[name] for name in [*CITY_YEAR, "variable"]]
    frame["n_chosen"] = chosen.astype("int64").groupby(groups, dropna=False).transform("sum")
    return _bundled(frame, chosen)


def _bundled(frame: pd.DataFrame, chosen: pd.Series) -> pd.DataFrame:
    """The bundle of each chosen value, how many releases it is from and how many parts lack."""
    members = {name: bundle for bundle, names in bundles().items() for name in names}
    sizes = {bundle: len(names) for bundle, names in bundles().items()}
    bundle = frame["variable"].map(members)
    frame["bundle"] = bundle
    part = frame[chosen & bundle.map(sizes).gt(1)]
    groups = part.groupby([*CITY_YEAR, "bundle"])
    frame["bundle_releases"] = groups["release"].transform("nunique").astype("float64")
    parts = groups["variable"].transform("nunique")
    frame["bundle_missing"] = (part["bundle"].map(sizes) - parts).astype("float64")
    return frame
