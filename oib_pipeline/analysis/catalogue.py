"""Every result of a study, declared once: what makes it, the tables it fills, how it is shown.

A new result is one entry here, one function ``(Study, StudyData) -> Result`` and one declaration
of each of its tables in ``contract/tables.yml``. Its asset, its checks, the lineage of its columns,
its place in a study file and in the report follow. Nothing is imported here that computes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Literal

PANEL = "core_study_panel"
INDICES = "core_indices"
_TREATMENT = tuple(f"{PANEL}.{name}" for name in ("did", "treated", "post", "city_code", "year"))
# Where the columns of estimates come from, when it is not from the column of the same name.
ESTIMATES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("estimate", "se", "t", "p", "ci_low", "ci_high", "n_obs"), _TREATMENT),
    "n_clusters": (f"{PANEL}.city_code",),
}


@dataclass(frozen=True)
class ExtraTable:
    """A table that a result fills beside its own.

    Attributes
    ----------
    name
        Its name in ``contract/tables.yml``.
    title, estimator
        Where its rows are estimates: what the report calls its models, and the function of
        ``oib_pipeline.estimation`` that gives them.
    """

    name: str
    title: str = ""
    estimator: str = ""


@dataclass(frozen=True)
class Declared:
    """One result.

    Attributes
    ----------
    name
        As study files name it; its table is ``est_<name>``.
    function
        Import path of the function that computes it, a ``Result`` of a ``Study`` and its
        ``StudyData``.
    title
        What the report calls its models, or its section where it has none of its own.
    estimator
        Function of ``oib_pipeline.estimation`` that gives its rows; empty where they are no
        estimates.
    extra_tables
        Further tables it fills.
    required
        Whether a study that cannot have it stops: without it there is nothing to report.
    reads
        Tables of the warehouse it reads.
    lineage
        Columns that a column of its table comes from, as ``table.column``, where it is not the
        column of the same name.
    permuted
        Whether a p-value of redraws may stand for the standard error and the interval.
    agrees
        What has to be the same as in the other results that name it: the estimate of a model,
        the convention of its standard errors.
    named
        Whether the report lists each of its models, or all of an outcome as one.
    place
        Its place among the results in the report's list of models.
    report_tables, report_figures
        Tables and figures the report shows of it, with their numbers; one that there is for each
        outcome by the name without the outcome.
    """

    name: str
    function: str
    title: str
    estimator: str = ""
    extra_tables: tuple[ExtraTable, ...] = ()
    required: bool = False
    reads: tuple[str, ...] = (PANEL,)
    lineage: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    permuted: bool = False
    agrees: tuple[Literal["estimate", "convention"], ...] = ()
    named: Literal["each", "by outcome"] = "each"
    place: int = 99
    report_tables: Mapping[str, str] = field(default_factory=dict)
    report_figures: Mapping[str, str] = field(default_factory=dict)

    @property
    def table(self) -> str:
        """The table of its rows."""
        return f"est_{self.name}"

    @property
    def extra_names(self) -> tuple[str, ...]:
        """Names of its further tables."""
        return tuple(extra.name for extra in self.extra_tables)

    @property
    def compute(self) -> Any:
        """The function that computes it, imported when asked for."""
        module, _, name = self.function.rpartition(".")
        return getattr(import_module(module), name)


_DECLARED = (
    Declared(
        name="descriptive",
        function="oib_pipeline.analysis.did.compute_descriptive",
        title="Descriptive statistics",
        required=True,
        place=1,
        report_tables={"descriptive": "3"},
    ),
    Declared(
        name="baseline",
        function="oib_pipeline.analysis.did.compute_baseline",
        title="Baseline",
        estimator="twfe",
        extra_tables=(ExtraTable("est_unflagged", "Baseline without flagged values", "twfe"),),
        required=True,
        lineage=ESTIMATES,
        agrees=("estimate", "convention"),
        place=2,
        report_tables={"baseline": "4"},
    ),
    Declared(
        name="event_study",
        function="oib_pipeline.analysis.did.compute_event_study",
        title="Event study",
        estimator="event_study",
        lineage=ESTIMATES,
        agrees=("estimate", "convention"),
        place=3,
        report_tables={"event-study-effects": "A1"},
        report_figures={"event-study": "5"},
    ),
    Declared(
        name="dynamic",
        function="oib_pipeline.analysis.did.compute_dynamic",
        title="Dynamic effects",
        estimator="dynamic_effects",
        lineage=ESTIMATES,
        agrees=("estimate", "convention"),
        place=4,
        report_tables={"dynamic-models": "5"},
        report_figures={"dynamic": "6"},
    ),
    Declared(
        name="psm_did",
        function="oib_pipeline.analysis.matching.compute_psm_did",
        title="Matching (PSM-DID)",
        estimator="psm_did",
        extra_tables=(ExtraTable("est_balance"), ExtraTable("est_scores")),
        lineage=ESTIMATES,
        place=5,
        report_tables={"psm-did": "6", "balance": "A2"},
        report_figures={"common-support": "7", "love-plot": "8"},
    ),
    Declared(
        name="placebo",
        function="oib_pipeline.analysis.inference.compute_placebo",
        title="Placebo test",
        estimator="placebo",
        extra_tables=(ExtraTable("est_placebo_draws"),),
        lineage=ESTIMATES,
        permuted=True,
        place=7,
        report_tables={"placebo": "8"},
        report_figures={"placebo": "10"},
    ),
    Declared(
        name="regional",
        function="oib_pipeline.analysis.did.compute_regional",
        title="Heterogeneity by region",
        estimator="by_group",
        lineage=ESTIMATES,
        agrees=("estimate", "convention"),
        place=6,
        report_tables={"regional": "7"},
        report_figures={"regions": "9"},
    ),
    Declared(
        name="robustness",
        function="oib_pipeline.analysis.specification_curve.compute_robustness",
        title="Robustness",
        estimator="specification_curve",
        extra_tables=(ExtraTable("est_curve_test"),),
        reads=(PANEL, INDICES),
        lineage=ESTIMATES,
        named="by outcome",
        place=8,
        report_tables={"robustness": "9"},
        report_figures={"specification-curve": "11"},
    ),
    Declared(
        name="inference",
        function="oib_pipeline.analysis.inference.compute_inference",
        title="Inference",
        estimator="ledger",
        lineage=ESTIMATES,
        permuted=True,
        agrees=("estimate",),
        named="by outcome",
        place=9,
        report_tables={"inference": "10"},
    ),
)
RESULTS: Mapping[str, Declared] = {one.name: one for one in _DECLARED}
