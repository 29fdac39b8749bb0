"""One result of a study, made and checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oib_pipeline.contract.errors import OibError
from oib_pipeline.orchestration.carry_out import Made
from oib_pipeline.orchestration.project import Project
from oib_pipeline.warehouse import reading

if TYPE_CHECKING:
    import pandas as pd

    from oib_pipeline.quality import Outcome
    from oib_pipeline.results.result import Result
    from oib_pipeline.warehouse.warehouse import Slice

REASONS = "est_reasons"


def make_estimates(project: Project, name: str, stage: str) -> Made:
    """The rows of an ``est_`` table of a study, or why it cannot be had."""
    from oib_pipeline.results import compute
    from oib_pipeline.results.data import StudyData

    study = project.inputs.studies[name]
    extent: Slice = {"precedence": study.precedence, "scope": study.scope}
    with reading(project.warehouse):
        panel = study_panel(project, name)
        mark = project.chain().made_from(stage, name)
    data = StudyData(
        panel, lambda: project.warehouse.read("core_indices", extent), project.registry
    )
    what = stage.removeprefix("est_")
    own = {"study": name}
    try:
        result = compute(what, study, data)
    except ValueError as error:
        raise OibError(f"study {name!r}, {stage}: {error}") from error
    return Made(
        slices=[
            (stage, result.frame, own),
            *((table, rows, own) for table, rows in result.also.items()),
            (REASONS, _reason(name, what, result.reason), own | {"result": what}),
        ],
        marks={stage: {name: mark}},
        outcomes=_outcomes(project, name, stage, result, panel),
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
    project: Project, name: str, stage: str, result: Result, panel: pd.DataFrame
) -> list[Outcome]:
    from oib_pipeline.quality import check_descriptive, check_estimates, check_further

    kept = f"{name}-{stage}"
    if stage == "est_descriptive":
        variables = list(result.expected["variable"])
        return project.checked(
            kept, check_descriptive, result.frame, variables=variables, panel_rows=len(panel)
        )
    further = [
        outcome
        for table, rows in result.also.items()
        for outcome in project.checked(f"{name}-{table}", check_further, table, rows)
    ]
    return further + project.checked(
        kept,
        check_estimates,
        stage,
        result.frame,
        expected=result.expected,
        panel_rows=len(panel),
        panel_cities=int(panel["city_code"].nunique()),
    )
