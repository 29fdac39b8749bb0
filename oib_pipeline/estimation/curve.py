"""The specification curve: many estimates of one effect, judged together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from oib_pipeline.estimation.arguments import whole_number
from oib_pipeline.estimation.assignment import Assignments
from oib_pipeline.estimation.closed_form import fit_closed_form
from oib_pipeline.estimation.columns import check_columns, codes, numbers, zero_one
from oib_pipeline.estimation.curve_result import SpecificationCurve
from oib_pipeline.estimation.panel import Panel
from oib_pipeline.estimation.permutation import TreatedSets, treated_sets
from oib_pipeline.estimation.results import Estimate, estimate_of
from oib_pipeline.estimation.specification import Samples, Specification
from oib_pipeline.estimation.treatment import treatment_parts, unit_strata, with_did
from oib_pipeline.estimation.within import Within


def specification_curve(
    data: pd.DataFrame | Mapping[str, pd.DataFrame] | Samples,
    specifications: Sequence[Specification],
    *,
    outcome: str,
    treated: str,
    post: str,
    unit: str,
    time: str,
    draws: int = 500,
    seed: int = 0,
    strata: Sequence[str] | str | None = None,
    level: float = 0.95,
) -> SpecificationCurve:
    """Return the estimate of every specification with permutation p-values, computed together.

    Each is the two-way model of :func:`twfe` with treated x post in its own sample, with its own
    controls, clustered by unit, by the closed form. One set of redraws of treated units, over all
    units, serves every specification, so that the curve as a whole can be tested.

    Parameters
    ----------
    data : pandas.DataFrame, mapping or Samples
        The data, or its variants by name; a frame alone is the variant ``main``. Samples of them
        serve several outcomes without being cut again, and know the columns below.
    specifications : sequence of Specification
    draws, seed, strata
        As in :func:`placebo`; strata are read from the variant that comes first.
    outcome, treated, post, unit, time, level
        As in :func:`placebo` and :func:`twfe`; the same columns in every variant.

    Returns
    -------
    SpecificationCurve

    Raises
    ------
    ValueError
        As :func:`placebo`, with the specification's name in front; no or repeated specifications;
        a unit treated in one variant and not in another.
    """
    draws, seed = whole_number(draws, "draws", 1), whole_number(seed, "seed", 0)
    columns = {"treated": treated, "post": post, "unit": unit, "time": time}
    samples = data if isinstance(data, Samples) else Samples(_variants(data), **columns)
    names = [one.name for one in specifications]
    if not names or len(set(names)) < len(names):
        raise ValueError("specifications must be there, each with a name of its own")
    mark, units = _all_units(samples.data, treated, unit, time)
    models = [_model(samples, one, outcome, level) for one in specifications]
    strata_codes = unit_strata(next(iter(samples.data.values())), unit, units, strata)
    positions = [units.get_indexer(panel.units) for panel, _, _ in models]
    statistics = np.empty((2, len(models), draws))
    done = 0
    for chunk in Assignments(mark, draws, seed, strata_codes).chunks():
        for row, ((_, sets, _), position) in enumerate(zip(models, positions, strict=True)):
            statistics[:, row, done : done + len(chunk)] = sets(chunk[:, position])
        done += len(chunk)
    return SpecificationCurve(
        specifications=tuple(specifications),
        estimates=tuple(estimate for _, _, estimate in models),
        n_treated=tuple(int(mark[position].sum()) for position in positions),
        coefficients=statistics[0],
        t_statistics=statistics[1],
        draws=draws,
        seed=seed,
        level=level,
    )


def _variants(data: object) -> dict[str, pd.DataFrame]:
    if isinstance(data, pd.DataFrame):
        return {"main": data}
    if isinstance(data, Mapping) and data:
        return dict(data)
    raise ValueError(f"data must be a pandas DataFrame or a mapping of names to them, not {data!r}")


def _model(
    samples: Samples, wanted: Specification, outcome: str, level: float
) -> tuple[Panel, TreatedSets, Estimate]:
    try:
        panel = samples.panel(wanted, outcome)
        _, date = treatment_parts(panel, samples.treated, samples.post)
        effects = Within(panel)
        fitted = fit_closed_form(with_did(panel, samples.treated, samples.post), effects)
        return panel, treated_sets(panel, date, effects), estimate_of(fitted, "did", level)
    except ValueError as reason:
        raise ValueError(f"specification {wanted.name!r}: {reason}") from reason


def _all_units(
    variants: Mapping[str, pd.DataFrame], treated: str, unit: str, time: str
) -> tuple[np.ndarray, pd.Index]:
    """Return which units of any variant are treated, and their labels.

    Rows whose treatment is missing say nothing here; samples leave them out listwise.
    """
    marks: dict[object, float] = {}
    for name, frame in variants.items():
        check_columns(frame, {treated: "treated", unit: "unit", time: "time"})
        values = numbers(frame, treated, "treated")
        there = ~np.isnan(values)
        zero_one(values[there], treated, "treated")
        code, labels = codes(frame, unit, "unit")
        first = pd.Series(values[there]).groupby(code[there]).first()
        for label, value in zip(labels[first.index], first, strict=True):
            if marks.setdefault(label, value) != value:
                raise ValueError(
                    f"unit {label!r} is treated in one variant of the data and not in {name!r}"
                )
    _, units = codes(pd.DataFrame({unit: list(marks)}), unit, "unit")
    return np.array([marks[label] == 1 for label in units]), units
