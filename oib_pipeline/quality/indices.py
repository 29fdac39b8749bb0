"""Checks after the indices: shares, AIS and Theil are what they are defined to be."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np
import pandas as pd

from oib_pipeline.contract.tables import tables
from oib_pipeline.indices import indicators
from oib_pipeline.indices.table import inputs_of
from oib_pipeline.quality.coverage import in_use, years_view
from oib_pipeline.quality.expect import Expect, View, absent, between
from oib_pipeline.quality.generated import (
    key_expects,
    prepared,
    range_expect,
    schema_view,
    valid_expects,
)
from oib_pipeline.quality.judge import judge
from oib_pipeline.quality.numbers import agree
from oib_pipeline.quality.outcome import Outcome

TABLE = "core_indices"
OUTPUT, EMPLOYED = list(indicators.OUTPUT.columns), list(indicators.EMPLOYMENT.columns)
ROUNDING = 1e-9


def check_indices(
    indices: pd.DataFrame,
    *,
    years: Iterable[int],
    cities: Collection[str],
    scope: str,
    required: Collection[str] = ("ais",),
    sources: pd.DataFrame | None = None,
    min_share: float = 0.8,
) -> list[Outcome]:
    """Outcomes for ``core_indices`` of one order of precedence.

    Parameters
    ----------
    indices
        Slice of the table for one precedence, every scope.
    years, cities, scope, required
        Each year must hold each required index for ``min_share`` of these cities at this scope.
        Only there does a control that is not valid stop the run.
    sources
        ``core_sources`` of the same precedence, to show the cells behind failing rows.
    """
    frame = _derived(prepared(TABLE, indices))
    years, besides, key = sorted(set(years)), {"ais", "theil"}, tables()[TABLE].key
    used = in_use(frame, years, cities, scope)
    elsewhere = tuple(valid_expects(TABLE, besides, "values_valid_elsewhere"))
    at_scope = frame[frame["scope"] == scope].melt(
        ["city_code", "year"], sorted(required), "variable", "value"
    )
    complete = years_view(
        f"{TABLE}, {scope}",
        "years_complete",
        at_scope[at_scope["value"].notna()],
        years=years,
        cities=cities,
        min_share=min_share,
        by=[("variable", name) for name in sorted(required)],
    )
    views = [
        schema_view(TABLE, indices),
        View(TABLE, frame, key, (*key_expects(TABLE), *_definitions(), *_gaps())),
        View(f"{TABLE} in use", frame[used], key, tuple(valid_expects(TABLE, besides))),
        View(f"{TABLE} elsewhere", frame[~used], key, elsewhere),
        complete,
    ]
    return judge(TABLE, views, cells=sources)


def _definitions() -> list[Expect]:
    one = (1 - ROUNDING, 1 + ROUNDING)
    ais, theil = inputs_of("ais"), inputs_of("theil")
    return [
        between(
            "shares_sum_to_one",
            "share_sum",
            *one,
            "output shares sum to one",
            show=(*OUTPUT, "share_sum", "share_basis"),
            inputs=ais,
        ),
        between(
            "shares_sum_to_one",
            "employment_share_sum",
            *one,
            "employment shares sum to one",
            show=(*EMPLOYED, "employment_share_sum", "employment_basis"),
            inputs=indicators.EMPLOYMENT.inputs,
        ),
        range_expect("ais_in_range", TABLE, "ais"),
        range_expect("theil_not_negative", TABLE, "theil"),
        absent(
            "formulas_hold",
            "wrong_ais",
            "AIS = y1 + 2 y2 + 3 y3",
            show=(*OUTPUT, "ais", "expected_ais"),
            inputs=ais,
        ),
        absent(
            "formulas_hold",
            "wrong_theil",
            "Theil = sum of y ln(y / l)",
            show=(*OUTPUT, *EMPLOYED, "theil", "expected_theil"),
            inputs=theil,
        ),
    ]


def _gaps() -> list[Expect]:
    return [
        absent(
            "gaps_explained",
            f"unexplained_{name}",
            f"{name}, or the reason why it is missing, not both",
            show=(name, f"{name}_reason"),
            inputs=inputs_of(name),
        )
        for name in _explained()
    ]


def _explained() -> list[str]:
    """Indices with a column that states why one is missing."""
    return [name for name in indicators.INDICATORS if f"{name}_reason" in indicators.COMPUTED]


def _derived(frame: pd.DataFrame) -> pd.DataFrame:
    y, l = _numbers(frame, OUTPUT), _numbers(frame, EMPLOYED)  # noqa: E741
    frame["share_sum"], frame["employment_share_sum"] = y.sum(axis=1), l.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(y == 0, 0.0, y * np.log(y / l))
    frame["expected_ais"] = y @ np.array([1.0, 2.0, 3.0])
    # Output without employment makes the sum infinite: undefined, and so missing.
    theil = terms.sum(axis=1) + 0 * l.sum(axis=1)
    frame["expected_theil"] = np.where(np.isfinite(theil), theil, np.nan)
    for name in ("ais", "theil"):
        # A gap where an index could be had is a wrong index too: both sides must be missing.
        same = agree(frame[name], frame[f"expected_{name}"], ROUNDING)
        frame[f"wrong_{name}"] = pd.Series(name, frame.index).where(~same)
    for name in _explained():
        reason = frame[f"{name}_reason"].astype("object")
        stated = reason.where(reason.notna(), "").astype(str).str.strip() != ""
        frame[f"unexplained_{name}"] = pd.Series(name, frame.index).where(
            stated == frame[name].notna()
        )
    return frame


def _numbers(frame: pd.DataFrame, columns: list[str]) -> np.ndarray:
    return frame[columns].apply(pd.to_numeric, errors="coerce").to_numpy("float64")
