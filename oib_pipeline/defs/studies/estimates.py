"""Assets of the study panel and of each result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oib_pipeline.analysis.catalogue import Declared
from oib_pipeline.contract.counting import plural
from oib_pipeline.contract.errors import OibError
from oib_pipeline.defs.lib.materialize import StageResult
from oib_pipeline.defs.resources import Project
from oib_pipeline.versions.content import CONTENT
from oib_pipeline.warehouse import reading

if TYPE_CHECKING:
    import pandas as pd

    from oib_pipeline.analysis.models import Result
    from oib_pipeline.quality import Outcome
    from oib_pipeline.warehouse.warehouse import Slice


STAGE = "core_study_panel"
ALSO = ("core_study_missing", "core_study_left_out")


def make_study_panel(project: Project, name: str) -> StageResult:
    """What a study is estimated on, with what it lacks and what it leaves out."""
    from oib_pipeline.panel import build_study_panel
    from oib_pipeline.quality.suites.study_panel import check_study_panel

    study, registry = project.inputs.studies[name], project.registry
    extent = {"precedence": study.precedence, "scope": study.scope}
    indices = project.warehouse.read("core_indices", extent)
    sources = project.warehouse.read("core_sources", extent)
    findings = project.warehouse.read("core_findings", extent)
    panel = build_study_panel(study, indices, registry, sources, findings)
    policy = registry.policy(study.policy)
    policy = policy[policy["city_code"].isin(panel.frame["city_code"])]
    own = {"study": name}
    rows, cities = len(panel.frame), panel.frame["city_code"].nunique()
    outcomes = project.checked(
        f"{name}-{STAGE}",
        check_study_panel,
        panel.frame,
        study=name,
        years=study.year_list,
        cities=sorted(set(registry.sample(study.sample)) - set(panel.excluded)),
        starts=dict(zip(policy["city_code"], policy["start_year"].astype(int), strict=True)),
        outcomes=study.outcomes,
        controls=panel.controls,
        listed=panel.missing,
        cells=sources,
    )
    return StageResult(
        slices=[
            (STAGE, panel.frame, own),
            ("core_study_missing", panel.missing.assign(study=name), own),
            ("core_study_left_out", panel.left_out.assign(study=name), own),
        ],
        marks={STAGE: {name: project.chain().made_from(STAGE, name)}},
        gone={CONTENT: [name]},
        outcomes=outcomes,
        said=f"{plural(cities, 'city', 'cities')} x {plural(len(study.year_list), 'year')} = "
        f"{plural(rows, 'row')}, {plural(len(panel.missing), 'value')} lacking, "
        f"{plural(len(panel.left_out), 'control')} left out",
    )


REASONS = "est_reasons"


def make_estimates(project: Project, name: str, declared: Declared) -> StageResult:
    """The rows of an ``est_`` table of a study, or why it cannot be had."""
    from oib_pipeline.analysis.models import StudyData, compute

    study, stage, what = project.inputs.studies[name], declared.table, declared.name
    extent: Slice = {"precedence": study.precedence, "scope": study.scope}
    with reading(project.warehouse):
        panel = study_panel(project, name)
        mark = project.chain().made_from(stage, name)
    data = StudyData(
        panel, lambda: project.warehouse.read("core_indices", extent), project.registry
    )
    own = {"study": name}
    try:
        result = compute(what, study, data)
    except ValueError as error:
        raise OibError(f"study {name!r}, {stage}: {error}") from error
    return StageResult(
        slices=[
            (stage, result.frame, own),
            *((table, rows, own) for table, rows in result.also.items()),
            (REASONS, _reason(name, what, result.reason), own | {"result": what}),
        ],
        marks={stage: {name: mark}},
        outcomes=_outcomes(project, name, declared, result, panel),
        said=result.said,
    )


def _reason(name: str, what: str, reason: str) -> pd.DataFrame:
    """Why a result cannot be had, as a row; no row where it can."""
    import pandas as pd

    rows = [(name, what, reason)] if reason else []
    return pd.DataFrame(rows, columns=["study", "result", "reason"], dtype="object")


def study_panel(project: Project, name: str) -> pd.DataFrame:
    """The panel of a study as the warehouse holds it, columns of other studies left out."""
    panel = project.warehouse.read("core_study_panel", {"study": name})
    if panel.empty:
        raise OibError(
            f"study {name!r} has no panel yet: materialize {name}/core_study_panel first"
        )
    return panel.dropna(axis="columns", how="all")


def _outcomes(
    project: Project, name: str, declared: Declared, result: Result, panel: pd.DataFrame
) -> list[Outcome]:
    from oib_pipeline.quality.contract_suite import check_further
    from oib_pipeline.quality.suites.results import check_descriptive, check_estimates

    stage = declared.table
    kept = f"{name}-{stage}"
    if declared.name == "descriptive":
        variables = list(result.expected["variable"])
        return project.checked(
            kept, check_descriptive, result.frame, variables=variables, panel_rows=len(panel)
        )
    further = [
        outcome
        for table, rows in result.also.items()
        for outcome in project.checked(f"{name}-{table}", check_further, table, rows)
    ]
    if not declared.estimator:
        return further + project.checked(kept, check_further, stage, result.frame)
    return further + project.checked(
        kept,
        check_estimates,
        stage,
        result.frame,
        expected=result.expected,
        panel_rows=len(panel),
        panel_cities=int(panel["city_code"].nunique()),
    )
