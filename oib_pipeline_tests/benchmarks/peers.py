"""The peers at their best fair settings: same model and clusters, nothing kept unasked."""

from __future__ import annotations

from typing import Any

import pandas as pd

from oib_pipeline_tests.benchmarks.panels import RIGHT

# No copies, nothing stored, no search for singletons: each makes pyfixest faster or smaller.
LEAN = {"copy_data": False, "store_data": False, "lean": True, "fixef_rm": "none"}


def feols(
    data: pd.DataFrame, outcome: str, right: str = RIGHT, effects: str = "city + year"
) -> Any:
    """pyfixest's fit, clustered by city; its alternating projections in Rust, the fastest here."""
    import pyfixest

    formula = f"{outcome} ~ {right} | {effects}"
    return pyfixest.feols(formula, data, vcov={"CRV1": "city"}, **LEAN)


def panelols(outcome: pd.Series, regressors: pd.DataFrame) -> Any:
    """linearmodels' fit, clustered by city, of columns indexed by city and year."""
    from linearmodels import PanelOLS

    model = PanelOLS(outcome, regressors, entity_effects=True, time_effects=True)
    return model.fit(cov_type="clustered", cluster_entity=True)
