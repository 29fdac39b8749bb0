"""The report of a study, rendered beside the last one and put in its place when whole."""

from __future__ import annotations

import dagster as dg

from oib_pipeline.freshness import estimate_stages
from oib_pipeline.orchestration.assets.report_inputs import report_inputs
from oib_pipeline.orchestration.carry_out import Made
from oib_pipeline.orchestration.project import Project
from oib_pipeline.orchestration.refresh.folders import replaced

STAGE = "out_report"


def make_report(project: Project, name: str) -> Made:
    """The folder of the report; the last one stays where anything fails."""
    from oib_pipeline.quality import check_before_report
    from oib_pipeline.report import render

    study = project.inputs.studies[name]
    inputs = report_inputs(project, name)
    stages = estimate_stages(study)
    results = [stage.removeprefix("est_") for stage in stages]
    expected = [result for result in results if result not in inputs.reasons]
    outcomes = project.checked(
        f"{name}-{STAGE}",
        check_before_report,
        {stage: inputs.frame(result) for stage, result in zip(stages, results, strict=True)},
        study=name,
        results=expected,
    )
    folder = project.settings.reports / name
    if not any(outcome.stops for outcome in outcomes):
        with replaced(folder) as fresh:
            render(inputs, fresh)
    page = folder / "index.html"
    return Made(
        slices=[],
        marks={STAGE: {name: project.chain().made_from(STAGE, name)}},
        outcomes=outcomes,
        said=f"{page} ({page.stat().st_size / 1e6:.1f} MB)" if page.is_file() else "not rendered",
        metadata={"report": dg.MetadataValue.path(str(page))},
    )
