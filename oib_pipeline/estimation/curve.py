"""The specification curve: many estimates of one effect, judged together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from oib_pipeline.estimation.assignment import Assignments
from oib_pipeline.estimation.closed_form import fit_closed_form
from oib_pipeline.estimation.columns import check_columns, zero_one
from oib_pipeline.estimation.convention import t_quantile
from oib_pipeline.estimation.panel import Panel
from oib_pipeline.estimation.permutation import TreatedSets, treated_sets
from oib_pipeline.estimation.placebos import TIE, treatment_parts, unit_strata
from oib_pipeline.estimation.psm import with_did
from oib_pipeline.estimation.results import Estimate, estimate_of
from oib_pipeline.estimation.specification import Samples, Specification


@dataclass(frozen=True)
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
        table = pd.concat(
            [
                estimate.to_frame(one.name).iloc[:1]
                for one, estimate in zip(self.specifications, self.estimates, strict=True)
            ],
            ignore_index=True,
        )
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
            statistic, observed, p, draws, n_specifications.
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


def specification_curve(
    data: pd.DataFrame | Mapping[str, pd.DataFrame],
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
    data : pandas.DataFrame or mapping
        The data, or its variants by name; a frame alone is the variant ``main``.
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
    variants = {"main": data} if isinstance(data, pd.DataFrame) else dict(data)
    names = [one.name for one in specifications]
    if not names or len(set(names)) < len(names):
        raise ValueError("specifications must be there, each with a name of its own")
    mark, units = _all_units(variants, treated, unit, time)
    columns = {"outcome": outcome, "treated": treated, "post": post, "unit": unit, "time": time}
    samples = Samples(variants, columns)
    models = [_model(samples, one, columns, level) for one in specifications]
    codes = unit_strata(next(iter(variants.values())), unit, units, strata)
    positions = [units.get_indexer(panel.units) for panel, _, _ in models]
    statistics = np.empty((2, len(models), draws))
    done = 0
    for chunk in Assignments(mark, draws, seed, codes).chunks():
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


def permutation_p(drawn: np.ndarray, observed: np.ndarray) -> np.ndarray:
    """Return (1 + #{|draw| >= |observed|}) / (1 + defined draws) for each row."""
    exceed = (np.abs(drawn) >= np.abs(observed) * (1 - TIE)).sum(axis=1)
    return (1 + exceed) / (1 + np.isfinite(drawn).sum(axis=1))


def _model(
    samples: Samples, wanted: Specification, columns: Mapping[str, str], level: float
) -> tuple[Panel, TreatedSets, Estimate]:
    try:
        panel = samples.panel(wanted)
        _, date = treatment_parts(panel, columns["treated"], columns["post"])
        fitted = fit_closed_form(with_did(panel, columns["treated"], columns["post"]))
        return panel, treated_sets(panel, date), estimate_of(fitted, "did", level)
    except ValueError as reason:
        raise ValueError(f"specification {wanted.name!r}: {reason}") from reason


def _curve_statistics(
    beta: np.ndarray, t: np.ndarray, critical: np.ndarray
) -> dict[str, np.ndarray]:
    """Return the three statistics of curves in columns, each of shape (draws,)."""
    median = np.nanmedian(beta, axis=0)
    beyond = np.sign(t) * (np.abs(t) > critical[:, None])
    significant = (beyond == np.sign(median)) & (beyond != 0)
    return {
        "median estimate": median,
        "significant with the median's sign": significant.sum(axis=0).astype(float),
        "Stouffer's Z": np.nansum(t, axis=0) / np.sqrt(np.isfinite(t).sum(axis=0)),
    }


def _all_units(
    variants: Mapping[str, pd.DataFrame], treated: str, unit: str, time: str
) -> tuple[np.ndarray, pd.Index]:
    """Return which units of any variant are treated, and their labels."""
    marks: dict[object, float] = {}
    for name, frame in variants.items():
        check_columns(frame, {treated: "treated", unit: "unit", time: "time"})
        zero_one(frame[treated].to_numpy(dtype=float), treated, "treated")
        firsts = frame.groupby(unit, sort=True)[treated].first()
        for label, value in firsts.items():
            if marks.setdefault(label, value) != value:
                raise ValueError(
                    f"unit {label!r} is treated in one variant of the data and not in {name!r}"
                )
    labels = pd.Index(sorted(marks))  # type: ignore[type-var]
    return np.array([marks[label] == 1 for label in labels]), labels
