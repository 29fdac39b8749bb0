"""The report of a study, rendered beside the last one and put in its place when whole."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from oib_pipeline.freshness import Chain, estimate_stages
from oib_pipeline.freshness.content import CONTENT
from oib_pipeline.freshness.pages import take_over
from oib_pipeline.freshness.stages import study_stages
from oib_pipeline.orchestration.assets.report_inputs import report_inputs
from oib_pipeline.orchestration.carry_out import SYNTHETIC, Made
from oib_pipeline.orchestration.project import Project
from oib_pipeline.orchestration.refresh.folders import replaced
from oib_pipeline.warehouse import reading

if TYPE_CHECKING:
    from oib_pipeline.report.inputs import ReportInputs

STAGE = "out_report"
PICTURES = ("trends.png", "coverage.png")  # after the event study of each outcome
WIDE = 850  # pixels
SHOWN = 2  # each is kept in Dagster's event log with every run


def make_report(project: Project, name: str) -> Made:
    """The folder of the report; the last one stays where anything fails."""
    from oib_pipeline.quality import check_before_report
    from oib_pipeline.report import render

    study = project.inputs.studies[name]
    with reading(project.warehouse):
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
            take_over(folder, fresh, project.registry.sample(study.sample))
        (project.settings.quality / "stopped" / f"{name}.html").unlink(missing_ok=True)
    page, chain = folder / "index.html", project.chain()
    return Made(
        slices=[],
        marks={
            STAGE: {name: chain.made_from(STAGE, name)},
            CONTENT: _content(project, chain, name),
        },
        outcomes=outcomes,
        said=f"{page} ({page.stat().st_size / 1e6:.1f} MB)" if page.is_file() else "not rendered",
        metadata={
            "report": dg.MetadataValue.path(str(page)),
            "headline": dg.MetadataValue.md(_headline(inputs)),
            "figures": dg.MetadataValue.md(_figures(folder / "figures", study.outcomes)),
        },
    )


def _headline(inputs: ReportInputs) -> str:
    """The effect in each model of the baseline, as a table."""
    from oib_pipeline.quality.markup import markdown_table
    from oib_pipeline.report.numbers import fixed, p_value

    frame = inputs.frame("baseline")
    banner = f"**{SYNTHETIC}**\n\n" if inputs.study.synthetic else ""
    if frame.empty:
        return banner
    columns = ["outcome", "model", "estimate", "se", "p", "n_obs", "n_clusters"]
    shown = frame.loc[frame["term"] == "did", columns].assign(p=lambda rows: rows["p"].map(p_value))
    for name in ("estimate", "se"):
        shown[name] = [fixed(value, 4) for value in shown[name]]
    return banner + markdown_table(shown, len(frame))


def _figures(folder: Path, outcomes: list[str]) -> str:
    """The first figures of the report as pictures inside markdown, for the UI to render."""
    wanted = (*(f"event-study-{outcome}.png" for outcome in outcomes), *PICTURES)
    names = [name for name in wanted if (folder / name).is_file()][:SHOWN]
    pictures = [(name, base64.b64encode(_small(folder / name)).decode()) for name in names]
    return "\n\n".join(
        f"![{name.removesuffix('.png').replace('-', ' ')}](data:image/png;base64,{data})"
        for name, data in pictures
    )


def _small(path: Path) -> bytes:
    """A figure as wide as the dialog that the UI shows it in: a wider one is cut off there."""
    from PIL import Image

    out = io.BytesIO()
    with Image.open(path) as picture:
        picture.thumbnail((WIDE, WIDE))
        picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _content(project: Project, chain: Chain, name: str) -> dict[str, str]:
    """What the study is made from, where its panel and every estimate were made from just that."""
    from oib_pipeline.orchestration.refresh.same_studies import study_content

    before = [(stage, name) for stage in study_stages(project.inputs.studies[name])[:-1]]
    current = all(chain.ledger.fingerprints.get(key) == chain.made_from(*key) for key in before)
    return {name: study_content(project.settings, chain, name)} if current else {}
