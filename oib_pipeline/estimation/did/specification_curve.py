"""Specification curve and its joint test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from oib_pipeline.estimation.data.columns import (
    check_columns,
    codes,
    numbers,
    whole_number,
    zero_one,
)
from oib_pipeline.estimation.data.panel import Panel, PanelBuilder
from oib_pipeline.estimation.data.treatment import (
    Assignments,
    treatment_parts,
    unit_strata,
    with_did,
)
from oib_pipeline.estimation.inference.permutation import TIE
from oib_pipeline.estimation.inference.permutation_engine import TreatedSets, treated_sets
from oib_pipeline.estimation.regression.demean import Within
from oib_pipeline.estimation.regression.fit import fit_closed_form
from oib_pipeline.estimation.regression.results import Estimate, estimate_of
from oib_pipeline.estimation.regression.vcov import p_value, t_quantile, t_statistic


@dataclass(frozen=True)
class Specification:
    """One way to estimate the same effect; what is not said is as in the baseline.

    Attributes
    ----------
    name : str
        Its name in the table, unique in a curve.
    data : str
        Which variant of the data (another outlier or gap rule): a key of the mapping given to
        :func:`specification_curve`.
    controls : tuple of str
        Control columns.
    without_units : tuple of str
        0/1 columns; every unit with a 1 in any row of any of them is left out.
    without_rows : tuple of str
        0/1 columns; rows with a 1 in any of them are left out.
    first, last : optional
        First and last time kept.
    time_by : str, optional
        Column whose groups each get time effects of their own (region by year).
    choices : mapping
        What this specification chose in each dimension, for the table and the figure's panel:
        ``{"controls": "none", "outliers": "winsorised"}``.
    """

    name: str
    data: str = "main"
    controls: tuple[str, ...] = ()
    without_units: tuple[str, ...] = ()
    without_rows: tuple[str, ...] = ()
    first: int | None = None
    last: int | None = None
    time_by: str | None = None
    choices: Mapping[str, str] = field(default_factory=dict)


class Samples:
    """Panels of specifications; each sample is cut once, and each of its columns read once.

    Parameters
    ----------
    data : mapping
        Variants of the data by name.
    treated, post, unit, time : str
        As in :func:`specification_curve`.
    """

    def __init__(
        self, data: Mapping[str, pd.DataFrame], *, treated: str, post: str, unit: str, time: str
    ) -> None:
        self.data = data
        self.treated, self.post, self.unit, self.time = treated, post, unit, time
        self._readers: dict[tuple, PanelBuilder] = {}

    def panel(self, wanted: Specification, outcome: str) -> Panel:
        """Return the panel of a specification, its controls as regressors."""
        cut = (
            wanted.data, wanted.without_units, wanted.without_rows, wanted.first, wanted.last,
        )  # fmt: skip
        if cut not in self._readers:
            self._readers[cut] = PanelBuilder(self._cut(wanted), self.unit, self.time)
        extra = (self.treated, self.post)
        reader = self._readers[cut]
        return reader.panel(outcome, wanted.controls, extra, time_by=wanted.time_by)

    def _cut(self, wanted: Specification) -> pd.DataFrame:
        if wanted.data not in self.data:
            raise ValueError(f"no data {wanted.data!r}; there are {sorted(self.data)}")
        frame = self.data[wanted.data]
        marks = (*wanted.without_units, *wanted.without_rows)
        unit, time = self.unit, self.time
        check_columns(frame, dict.fromkeys(marks, "mark") | {unit: "unit", time: "time"})
        keep = np.ones(len(frame), dtype=bool)
        code, labels = codes(frame, unit, "unit")
        for name in wanted.without_units:
            marked = np.bincount(code, numbers(frame, name, "mark") == 1, len(labels)) > 0
            keep &= ~marked[code]
        for name in wanted.without_rows:
            keep &= numbers(frame, name, "mark") != 1
        if wanted.first is not None:
            keep &= (frame[time] >= whole_number(wanted.first, "first")).to_numpy()
        if wanted.last is not None:
            keep &= (frame[time] <= whole_number(wanted.last, "last")).to_numpy()
        return frame if keep.all() else frame[keep]


@dataclass(frozen=True, eq=False)
class SpecificationCurve:
    """Estimates of all specifications, their permutation statistics and the curve's own test.

    ``coefficients`` and ``t_statistics`` have shape (specifications, draws), NaN where a draw
    identifies nothing in a sample. Row order is that of ``specifications``.
    """

    specifications: tuple[Specification, ...]
    estimates: tuple[Estimate, ...]
    n_treated: tuple[int, ...]
    coefficients: np.ndarray = field(repr=False)
    t_statistics: np.ndarray = field(repr=False)
    draws: int
    seed: int
    level: float

    def to_frame(self) -> pd.DataFrame:
        """Return one long-shaped row a specification.

        ``model`` is its name; further columns: p_t and p_coefficient (permutation), n_undefined,
        n_treated, draws, rank (1 the smallest estimate), data, and ``choice_<dimension>`` for
        every dimension any specification names ("" where it does not).
        """
        table = _first_rows(self.estimates)
        table.insert(1, "model", [one.name for one in self.specifications])
        beta = np.array([[one.estimate] for one in self.estimates])
        t = np.array([[one.t] for one in self.estimates])
        table["p_t"] = permutation_p(self.t_statistics, t)
        table["p_coefficient"] = permutation_p(self.coefficients, beta)
        table["n_undefined"] = (~np.isfinite(self.t_statistics)).sum(axis=1)
        table["n_treated"] = self.n_treated
        table["draws"] = self.draws
        table["rank"] = table["estimate"].rank(method="first").astype(int)
        table["data"] = [one.data for one in self.specifications]
        dimensions = dict.fromkeys(key for one in self.specifications for key in one.choices)
        for name in dimensions:
            table[f"choice_{name}"] = [one.choices.get(name, "") for one in self.specifications]
        return table

    def test(self) -> pd.DataFrame:
        """Return the permutation test of the whole curve (Simonsohn, Simmons and Nelson 2020).

        Each draw of treated units gives a whole curve. Compared with the true one: the median
        estimate in size; how many estimates are significant (|t| beyond its critical value) with
        the sign of the curve's median; and Stouffer's sum of t over the root of their number, in
        size. p = (1 + #{draw >= observed}) / (1 + draws).

        Returns
        -------
        pandas.DataFrame
            statistic, observed, p, draws, n_specifications. Where no estimate has a t (a model
            that fits exactly), what rests on t is NaN, and so is its p.
        """
        critical = np.array([t_quantile(self.level, one.n_clusters - 1) for one in self.estimates])
        beta = np.array([[one.estimate] for one in self.estimates])
        t = np.array([[one.t] for one in self.estimates])
        observed = _curve_statistics(beta, t, critical)
        drawn = _curve_statistics(self.coefficients, self.t_statistics, critical)
        return pd.DataFrame(
            {
                "statistic": list(observed),
                "observed": [float(value[0]) for value in observed.values()],
                "p": [
                    float(permutation_p(drawn[name][None, :], observed[name][None, :])[0])
                    for name in observed
                ],
                "draws": self.draws,
                "n_specifications": len(self.specifications),
            }
        )


def _first_rows(estimates: Sequence[Estimate]) -> pd.DataFrame:
    """Return the first row of each estimate's long table."""
    coefficient = np.array([one.coefficients[0] for one in estimates])
    se = np.sqrt([one.covariance[0, 0] for one in estimates])
    t = t_statistic(coefficient, se)
    half = np.array([t_quantile(one.level, one.n_clusters - 1) for one in estimates]) * se
    columns = {
        "outcome": [one.outcome for one in estimates],
        "term": [one.terms[0] for one in estimates],
        "estimate": coefficient,
        "se": se,
        "t": t,
        "p": p_value(t, np.array([one.n_clusters - 1 for one in estimates])),
        "ci_low": coefficient - half,
        "ci_high": coefficient + half,
    }
    counts = ("n_obs", "n_clusters", "r2_within", "convention", "n_missing", "n_singletons")
    return pd.DataFrame(columns | {name: [getattr(e, name) for e in estimates] for name in counts})


def permutation_p(drawn: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Return (1 + #{|draw| >= |observed|}) / (1 + defined draws) for each row.

    NaN where the observed statistic, shape (rows, 1), or every draw, shape (rows, draws), is
    undefined.
    """
    exceed = (np.abs(drawn) >= np.abs(observed) * (1 - TIE)).sum(axis=1)
    defined = np.isfinite(drawn).sum(axis=1)
    known = np.isfinite(observed[:, 0]) & (defined > 0)
    return np.where(known, (1 + exceed) / (1 + defined), np.nan)


def _curve_statistics(
    beta: np.ndarray, t: np.ndarray, critical: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the three statistics of curves in columns, each of shape (draws,)."""
    median = np.full(beta.shape[1], np.nan)
    there = np.isfinite(beta).any(axis=0)
    median[there] = np.nanmedian(beta[:, there], axis=0)
    number = np.isfinite(t).sum(axis=0)
    tested = number > 0
    beyond = np.sign(t) * (np.abs(t) > critical[:, None])
    significant = (beyond == np.sign(median)) & (np.abs(beyond) == 1)
    return {
        "median estimate": median,
        "significant with the median's sign": np.where(tested, significant.sum(axis=0), np.nan),
        "Stouffer's Z": np.where(
            tested, np.nansum(t, axis=0) / np.sqrt(np.maximum(number, 1)), np.nan
        ),
    }


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
