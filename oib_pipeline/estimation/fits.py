"""The one choice between the two engines that fit a two-way model."""

from __future__ import annotations

from typing import Literal

from oib_pipeline.estimation.convention import variance_factor
from oib_pipeline.estimation.fitted import Fit, FitEngine, counts_of
from oib_pipeline.estimation.panel import Panel

# Tables are PanelOLS's up to this many rows; beyond, it takes minutes where means take seconds.
PANELOLS_ROWS = 50_000


def fit(panel: Panel, engine: FitEngine | Literal["auto"] = "auto") -> Fit:
    """Return the two-way fit: PanelOLS up to ``PANELOLS_ROWS`` rows, the closed form beyond."""
    if engine == "auto":
        engine = "panelols" if panel.n_obs <= PANELOLS_ROWS else "closed_form"
    if engine not in ("panelols", "closed_form"):
        raise ValueError(f"engine must be 'auto', 'panelols' or 'closed_form', not {engine!r}")
    variance_factor(counts_of(panel))
    if engine == "panelols":
        from oib_pipeline.estimation.panelols import fit_panelols

        return fit_panelols(panel)
    from oib_pipeline.estimation.closed_form import fit_closed_form

    return fit_closed_form(panel)
