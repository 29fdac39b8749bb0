"""Weighted fits of many matches at once."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from oib_pipeline.estimation.data.panel import Panel
from oib_pipeline.estimation.regression.demean import Within
from oib_pipeline.estimation.regression.vcov import Counts, small_sample_factor

# Time effects, in the metric of their own number of rows, are connected well above rounding.
CONNECTED = 1e-7


@dataclass(frozen=True, eq=False)
class Drawn:
    """c draws on a panel of N units and T times, v = outcome, treatment and controls.

    ``treated`` (c, N), ``weights`` (c, N, T), zero off the sample; ``shares`` (c, N) 1 over a
    unit's weight; ``left`` (c, v, v) the weighted products of columns without effects, ``before``
    (c, v) their squares without unit effects only; ``effects`` (c, T, v) the time effects of
    each column and ``inverse`` (c, T, T) what gives them; ``length`` (c,) the weighted square of
    the outcome as it came; ``counts`` (c, 3) rows, units and times.
    """

    treated: np.ndarray
    weights: np.ndarray
    shares: np.ndarray
    left: np.ndarray
    before: np.ndarray
    effects: np.ndarray
    inverse: np.ndarray
    length: np.ndarray
    counts: np.ndarray
    connected: np.ndarray
    lightest: np.ndarray
    heaviest: np.ndarray

    def only(self, which: np.ndarray) -> Drawn:
        """Return some of the draws."""
        if which.all():
            return self
        return Drawn(**{one.name: getattr(self, one.name)[which] for one in fields(self)})


def without_singletons(there: np.ndarray) -> np.ndarray:
    """Return which cells (c, N, T) have another of their unit and another of their time."""
    while True:
        unit_rows, time_rows = there.sum(axis=2), there.sum(axis=1)
        lone = there & ((unit_rows == 1)[:, :, None] | (time_rows == 1)[:, None, :])
        if not lone.any():
            return there
        there = there & ~lone


def connected_inverse(times: np.ndarray, present: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return inverses (c, T, T) of the time effects' products, and which are all connected.

    Products without unit effects do not tell a constant from none: adding its square changes no
    residual, and neither does a one for a time that is absent.
    """
    n_times = present.shape[1]
    size = np.einsum("ctt->ct", times)
    scale = np.sqrt(np.where(size > 0, size, 1.0))
    constant = present * scale
    length = np.square(constant).sum(axis=1)
    length[length == 0] = 1.0
    filled = times / (scale[:, :, None] * scale[:, None, :])
    filled = filled + constant[:, :, None] * constant[:, None, :] / length[:, None, None]
    filled[:, np.arange(n_times), np.arange(n_times)] += ~present
    values, vectors = np.linalg.eigh(filled)
    connected = values[:, 0] > CONNECTED
    values = np.where(connected[:, None], values, 1.0)
    inverse = (vectors / values[:, None, :]) @ vectors.transpose(0, 2, 1)
    return inverse / (scale[:, :, None] * scale[:, None, :]), connected


class MatchedSamples:
    """Sums of weighted samples of one panel, as products of what all draws share.

    The shared columns a (N, T, q) are outcome, controls and time dummies, zero where the panel
    has no row; outcome and controls come without the panel's own effects, which changes no
    estimate and keeps small what is taken out of their sums.
    """

    def __init__(self, panel: Panel, post: np.ndarray) -> None:
        self._panel = panel
        n_units, n_times = panel.n_units, panel.n_times
        self._cell = panel.unit * n_times + panel.time
        kept = [0, *range(2, 1 + panel.n_regressors)]
        within = Within(panel)(panel.arrays[kept])
        dummies = np.eye(n_times)[:, panel.time]
        self._columns = self._grid(np.vstack([within, dummies])).transpose(1, 2, 0)
        self._post = self._grid(post[None, :])[0]
        self._late = self._columns * self._post[:, :, None]
        self._outcome = self._grid(panel.arrays[:1] ** 2).reshape(-1)
        self._flat = self._columns.reshape(n_units * n_times, -1)
        first, second = self._pairs = np.triu_indices(self._flat.shape[1])
        self._products = self._flat[:, first] * self._flat[:, second]
        raw = panel.arrays[: 1 + panel.n_regressors]
        self.lengths = np.einsum("vn,vn->v", raw, raw)
        self.lengths[1] = post @ post

    def _grid(self, values: np.ndarray) -> np.ndarray:
        panel = self._panel
        out = np.zeros((len(values), panel.n_units * panel.n_times))
        out[:, self._cell] = values
        return out.reshape(-1, panel.n_units, panel.n_times)

    def __call__(self, treated: np.ndarray, weights: np.ndarray) -> Drawn:
        """Return the samples of treated sets (c, N) with weights of rows (c, n)."""
        w = self._grid(weights)
        there = without_singletons(w > 0)
        w *= there
        s = treated.astype(float)
        unit_weight = w.sum(axis=2)
        shares = np.divide(1.0, unit_weight, out=np.zeros_like(s), where=unit_weight > 0)
        full, before = self._products_of(s, w, shares)
        kinds = 1 + self._panel.n_regressors
        times, values, sums = (
            full[:, kinds:, kinds:],
            full[:, :kinds, :kinds],
            full[:, kinds:, :kinds],
        )
        present = np.asarray(there.any(axis=1))
        inverse, connected = connected_inverse(times, present)
        effects = inverse @ sums
        counts = [there.sum(axis=(1, 2)), there.any(axis=2).sum(axis=1), present.sum(axis=1)]
        flat = w.reshape(len(w), -1)
        return Drawn(
            treated=s,
            weights=w,
            shares=shares,
            left=values - sums.transpose(0, 2, 1) @ effects,
            before=before,
            effects=effects,
            inverse=inverse,
            length=flat @ self._outcome,
            counts=np.array(counts).T,
            connected=connected & (counts[1] > 1) & (counts[2] > 1),
            lightest=np.where(there, w, np.inf).min(axis=(1, 2)),
            heaviest=w.max(axis=(1, 2)),
        )

    def _products_of(
        self, s: np.ndarray, w: np.ndarray, shares: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Products (c, v + T, v + T) of all columns without unit effects, the treatment second."""
        many, size = len(w), self._flat.shape[1]
        first, second = self._pairs
        gram = np.empty((many, size, size))
        gram[:, first, second] = w.reshape(many, -1) @ self._products
        gram[:, second, first] = gram[:, first, second]
        by_unit = w.transpose(1, 0, 2)
        sums = (by_unit @ self._columns).transpose(1, 2, 0)
        late = np.einsum("cnt,nt->cn", w, self._post)
        product = (by_unit @ self._late).transpose(1, 2, 0)
        gram -= (sums * shares[:, None, :]) @ sums.transpose(0, 2, 1)
        square = np.einsum("cnt,nt->cn", w, self._post**2)
        own = np.einsum("cn,cn->c", s, square - late * late * shares)
        cross = (product @ s[:, :, None] - sums @ (s * late * shares)[:, :, None])[:, :, 0]
        full = np.empty((many, size + 1, size + 1))
        rest = np.array([0, *range(2, size + 1)])
        full[:, rest[:, None], rest] = gram
        full[:, 1, 1], full[:, 1, rest], full[:, rest, 1] = own, cross, cross
        kinds = 1 + self._panel.n_regressors
        return full, np.einsum("cvv->cv", full[:, :kinds, :kinds])

    def residual(
        self, drawn: Drawn, beta: np.ndarray, more: np.ndarray | float = 0.0
    ) -> np.ndarray:
        """Return the residual (c, N, T) of coefficients (c, k) and ``more`` time effects."""
        share = np.concatenate([np.ones((len(beta), 1)), -beta], axis=1)
        return self._made(drawn, share, (drawn.effects @ share[:, :, None])[:, :, 0] + more)

    def combined(self, drawn: Drawn, share: np.ndarray) -> np.ndarray:
        """Return the regressors without effects, times ``share`` (c, k) and summed: (c, N, T)."""
        share = np.concatenate([np.zeros((len(share), 1)), share], axis=1)
        return self._made(drawn, share, (drawn.effects @ share[:, :, None])[:, :, 0])

    def unexplained(self, drawn: Drawn, residual: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return what regressors (c, k) and time effects (c, T) could still take of a residual."""
        many, kinds = len(residual), 1 + self._panel.n_regressors
        weighted = drawn.weights * residual
        sums = weighted.reshape(many, -1) @ self._flat
        late = np.einsum("cnt,nt->cn", weighted, self._post)
        own = np.einsum("cn,cn->c", late, drawn.treated)
        values = np.concatenate([own[:, None], sums[:, 1 : kinds - 1]], axis=1)
        times = sums[:, kinds - 1 :, None]
        left = values - (drawn.effects[:, :, 1:].transpose(0, 2, 1) @ times)[:, :, 0]
        return left, (drawn.inverse @ times)[:, :, 0]

    def _made(self, drawn: Drawn, share: np.ndarray, effects: np.ndarray) -> np.ndarray:
        """Return columns times ``share`` (c, v), less time effects (c, T) and unit means."""
        known = np.concatenate([share[:, :1], share[:, 2:], -effects], axis=1)
        made = (known @ self._flat.T).reshape(drawn.weights.shape)
        made += (share[:, 1:2] * drawn.treated)[:, :, None] * self._post
        means = np.einsum("cnt,cnt->cn", drawn.weights, made) * drawn.shares
        made -= means[:, :, None]
        return made


# Draws are fitted some at a time, so that what belongs to one of them stays in cache.
CELLS = 60_000
# What is left of a column, or of a collinear set of them, must lie far above what the fit of one
# draw refuses, and far above rounding; a draw below goes to that fit, which decides.
ABSORBED, LEFT, APART, EVEN, PERFECT = 1e-6, 1e-6, 1e-6, 1e-12, 1e-9
# Room for products of columns, two by two, that sums over rows are worth.
PRODUCTS = 20_000_000


def few_enough_products(panel: Panel) -> bool:
    """Return whether the products that draws share are few enough to be kept."""
    columns = panel.n_regressors + panel.n_times
    return panel.n_units * panel.n_times * columns * (columns + 1) // 2 <= PRODUCTS


class MatchFits:
    """Coefficient and t of treated sets on one panel, given the weight of each row.

    Of a draw only the treatment s_i p_it and the weights are new, so that its normal equations
    are sums over products of columns that all draws share. Unit effects are concentrated out of
    them, then time effects (see :class:`MatchedSamples`); S is what is left for outcome y and
    regressors x = (treatment, controls). beta = S_xx^-1 S_xy, refined once by the residual's own
    sums; u_i = sum_t w_it d_it e_it with d the first row of S_xx^-1 times the columns without
    effects; t = beta_1 / sqrt(f sum_i u_i^2), f the factor of the one convention.
    """

    def __init__(self, panel: Panel, post: np.ndarray) -> None:
        self._panel = panel
        self._samples = MatchedSamples(panel, post)
        self.at_once = max(1, CELLS // (panel.n_units * panel.n_times))

    def __call__(self, treated: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return coefficients and t of sets (c, N) with weights (c, n); NaN where in doubt."""
        found = np.full((2, len(treated)), np.nan)
        for start in range(0, len(treated), self.at_once):
            some = slice(start, start + self.at_once)
            drawn = self._samples(treated[some], weights[some])
            sure = self._sure(drawn)
            if sure.any():
                found[:, start + np.flatnonzero(sure)] = self._fit(drawn.only(sure))
        return found[0], found[1]

    def _sure(self, drawn: Drawn) -> np.ndarray:
        """Which draws are far from a column that effects absorb and from collinear ones."""
        left = np.einsum("cvv->cv", drawn.left)
        sure = drawn.connected & (left > LEFT * drawn.before).all(axis=1)
        sure &= (left > ABSORBED**2 * self._samples.lengths * drawn.heaviest[:, None]).all(axis=1)
        size = np.sqrt(np.where(sure[:, None], left, 1.0))[:, 1:]
        gram = drawn.left[:, 1:, 1:] / (size[:, :, None] * size[:, None])
        gram[~sure] = np.eye(gram.shape[1])
        apart = np.linalg.eigvalsh(gram)[:, 0]
        return sure & (apart > APART) & (apart * drawn.lightest > EVEN * drawn.heaviest)

    def _fit(self, drawn: Drawn) -> tuple[np.ndarray, np.ndarray]:
        gram = drawn.left[:, 1:, 1:]
        size = np.sqrt(np.einsum("ckk->ck", gram))
        scale = size[:, :, None] * size[:, None]
        inverse = np.linalg.inv(gram / scale) / scale
        beta = (inverse @ drawn.left[:, 1:, :1])[:, :, 0]
        rest = self._samples.residual(drawn, beta)
        # one refinement undoes what was lost when effects were taken out of sums
        change, times = self._samples.unexplained(drawn, rest)
        beta = beta + (inverse @ change[:, :, None])[:, :, 0]
        residual = self._samples.residual(drawn, beta, times)
        weighted = drawn.weights * residual
        own = self._samples.combined(drawn, inverse[:, 0])
        scores = np.einsum("cnt,cnt->cn", own, weighted)
        coefficient = beta[:, 0]
        error = np.sqrt((scores * scores).sum(axis=1) * self._factors(drawn))
        square = np.einsum("cnt,cnt->c", weighted, residual)
        known = (square > PERFECT**2 * drawn.length) & (error > PERFECT * np.abs(coefficient))
        t = np.divide(coefficient, error, out=np.full(len(beta), np.nan), where=known)
        return coefficient, t

    def _factors(self, drawn: Drawn) -> np.ndarray:
        kinds, place = np.unique(drawn.counts, axis=0, return_inverse=True)
        return np.array([self._factor(*map(int, kind)) for kind in kinds])[place.ravel()]

    def _factor(self, n_obs: int, n_units: int, n_times: int) -> float:
        counts = Counts(
            n_obs=n_obs,
            n_clusters=n_units,
            n_regressors=self._panel.n_regressors,
            n_units=n_units,
            n_times=n_times,
            units_nested=True,
            times_nested=False,
            cluster_name=self._panel.cluster_name,
        )
        try:
            return small_sample_factor(counts)
        except ValueError:  # no residual degree of freedom
            return float("nan")
