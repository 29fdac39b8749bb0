"""The results of a study: which models are fitted on its panel, and the long tables they give.

``MADE`` names what can be made; nothing heavy is imported before `compute` is called.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from oib_pipeline.contract.errors import OibError
from oib_pipeline.study import RESULTS

if TYPE_CHECKING:
    from oib_pipeline.analysis.models import Result, StudyData
    from oib_pipeline.study import Study

MADE = RESULTS
# The module of each result; its function is compute_<result>.
HOMES = {
    "descriptive": "did",
    "baseline": "did",
    "event_study": "did",
    "dynamic": "did",
    "regional": "did",
    "psm_did": "matching",
    "placebo": "inference",
    "inference": "inference",
    "robustness": "specification_curve",
}
# Further tables a result fills beside its own.
ALSO: dict[str, tuple[str, ...]] = {
    "baseline": ("est_unflagged",),
    "psm_did": ("est_balance", "est_scores"),
    "placebo": ("est_placebo_draws",),
    "robustness": ("est_curve_test",),
}
# Without these there is nothing to report: what stops them stops the study.
NEEDED = ("descriptive", "baseline")

__all__ = ["ALSO", "MADE", "NEEDED", "compute"]


def compute(name: str, study: Study, data: StudyData) -> Result:
    """One result of a study; where it cannot be had, an empty one with the reason.

    Parameters
    ----------
    name
        One of ``MADE``.
    data
        The study's panel, and what it was built from.

    Raises
    ------
    ValueError, OibError
        Only from the results in ``NEEDED``, saying what stands in the way.
    """
    module = importlib.import_module(f"oib_pipeline.analysis.{HOMES[name]}")
    try:
        return getattr(module, f"compute_{name}")(study, data).placed()
    except (ValueError, OibError) as error:
        if name in NEEDED:
            raise
        from oib_pipeline.analysis.models import without

        return without(f"est_{name}", ALSO.get(name, ()), str(error)).placed()
