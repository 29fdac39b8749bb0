"""The weighted samples of many redrawn matches: their sums of products without effects."""

from __future__ import annotations

import numpy as np

from oib_pipeline.estimation.drawn_samples import Drawn, connected_inverse, without_singletons
from oib_pipeline.estimation.panel import Panel
from oib_pipeline.estimation.within import Within


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
