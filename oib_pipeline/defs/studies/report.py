"""Assets out_report and out_city_profiles."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from oib_pipeline.contract.errors import OibError
from oib_pipeline.defs.lib.folders import replaced_folder
from oib_pipeline.defs.lib.materialize import SYNTHETIC, StageResult, progress
from oib_pipeline.defs.resources import Project
from oib_pipeline.defs.studies.estimates import study_panel
from oib_pipeline.indices.indicators import EMPLOYMENT, INDICATORS, OUTPUT
from oib_pipeline.study import Study
from oib_pipeline.versions.content import CONTENT
from oib_pipeline.versions.data_version import Chain, estimate_stages, study_stages
from oib_pipeline.versions.digests import code_digest, digest
from oib_pipeline.versions.plan import ASKED, PAGES, forget_made_pages, note_old_pages
from oib_pipeline.warehouse import reading
from oib_pipeline.warehouse.warehouse import Slice

if TYPE_CHECKING:
    import pandas as pd

    from oib_pipeline.report.cities.comparisons import ProfileInputs
    from oib_pipeline.report.inputs import ReportInputs


SHARES = (*OUTPUT.columns, *EMPLOYMENT.columns)


def report_inputs(project: Project, name: str) -> ReportInputs:
    """Everything ``render`` reads, of one study."""
    from oib_pipeline.analysis.models import arranged
    from oib_pipeline.report.inputs import ReportInputs

    study, warehouse = project.inputs.studies[name], project.warehouse
    own = {"study": name}
    extent: Slice = {
        "precedence": study.precedence,
        "scope": study.scope,
        "city_code": project.registry.sample(study.sample),
        "year": study.year_list,
    }
    sources = warehouse.read("core_sources", extent)
    releases = {"release": sorted(set(sources["release"]))}
    origins = warehouse.read("raw_releases", releases)
    made = estimate_stages(study)
    panel = study_panel(project, name)
    treated = set(panel.loc[panel["treated"] == 1, "city_code"])
    estimates = {
        stage.removeprefix("est_"): arranged(stage, warehouse.read(stage, own)) for stage in made
    }
    return ReportInputs(
        study=study,
        registry=project.registry,
        panel=panel,
        releases=origins,
        skipped=warehouse.read("raw_skipped", releases),
        sources=sources,
        conflicts=warehouse.read("core_conflicts", extent),
        findings=_findings(warehouse.read("core_findings", extent), study),
        raw_findings=warehouse.read("raw_findings", releases),
        left_out=warehouse.read("core_study_left_out", own),
        missing=warehouse.read("core_study_missing", own),
        corrections=_corrections(sources),
        truth=_truth(study, origins, treated),
        quality=_quality(project, name),
        reasons=_reasons(warehouse.read("est_reasons", own), study),
        **estimates,
        **_inputs_beside(project, study),
        **_vintage(project, name),
    )


def _vintage(project: Project, name: str) -> dict[str, Any]:
    """The last vintage of a study and what sets it apart from the one before."""
    from oib_pipeline.vintages.changes import moves

    read, own = project.warehouse.read, {"study": name}
    held = read("meta_vintages", own)
    if held.empty:
        return {}
    number = int(held["vintage"].max())
    now: Slice = {**own, "vintage": number}
    if number == 1:
        return {"vintage": number}
    before: Slice = {**own, "vintage": number - 1}
    lines = [str(text) for text in held.loc[held["vintage"] == number, ["why", "moved"]].iloc[0]]
    return {
        "vintage": number,
        "why": tuple(line for text in lines for line in text.splitlines()),
        "changes": read("meta_vintage_changes", now),
        "moves": moves(read("est_vintages", before), read("est_vintages", now)),
    }


def _findings(findings: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Findings but those on an index that the study neither uses nor makes one from."""
    named = {*study.outcomes, *study.controls}
    inputs = {one for name in named for one in INDICATORS[name].inputs}
    shares = [name for name in SHARES if {*INDICATORS[name].inputs} <= inputs]
    others = {*INDICATORS} - named - {*shares}
    return findings[~findings["variable"].isin(others)]


def _quality(project: Project, name: str) -> str:
    """The page of checks, seen from the folder of the study's report."""
    import os

    page = project.settings.quality / "index.html"
    if not page.is_file():
        return ""
    return os.path.relpath(page, project.settings.reports / name).replace(os.sep, "/")


def _inputs_beside(project: Project, study: Study) -> dict[str, pd.DataFrame]:
    """Tables beside the results, under the names the report has for them."""
    from oib_pipeline.analysis.catalogue import RESULTS
    from oib_pipeline.analysis.models import arranged

    tables = [table for result in study.results for table in RESULTS[result].extra_names]
    return {
        table.removeprefix("est_"): arranged(
            table, project.warehouse.read(table, {"study": study.name})
        )
        for table in tables
    }


def _reasons(rows: pd.DataFrame, study: Study) -> dict[str, str]:
    """Why a result that the study asks for is not there, by result."""
    found = dict(zip(rows["result"], rows["reason"], strict=True))
    return {result: found[result] for result in study.results if result in found}


def _corrections(sources: pd.DataFrame) -> pd.DataFrame:
    """Values that corrections.yml changed or took out, with their cells."""
    rows = sources[sources["correction"].fillna("") != ""]
    columns = {"text": "was", "value": "now", "correction": "reason"}
    return rows.rename(columns=columns)[
        ["release", "file", "sheet", "cell", "was", "now", "reason"]
    ]


def _truth(study: Study, releases: pd.DataFrame, treated: set[str]) -> dict[str, float] | None:
    """True mean effects written beside synthetic releases, by outcome.

    None where they are of another policy, other years or other treated cities than the study's.
    """
    from pathlib import Path

    import yaml

    if not study.synthetic:
        return None
    for folder in sorted(set(releases["raw_dir"])):
        path = Path(folder) / "truth.yml"
        if path.is_file():
            known = yaml.safe_load(path.read_text(encoding="utf-8"))
            by_outcome = known["effects"].get(study.scope, {})
            if (known["policy"], known["last_year"]) != (study.policy, study.year_list[-1]):
                return None
            return {
                name: by_outcome[name]["mean"]
                for name in study.outcomes
                if name in by_outcome and set(by_outcome[name]["by_city"]) == treated
            }
    return None


REPORT_STAGE = "out_report"
PICTURES = ("trends.png", "coverage.png")  # after the event study of each outcome
WIDE = 850  # pixels
SHOWN = 2  # each is kept in Dagster's event log with every run


def make_report(project: Project, name: str) -> StageResult:
    """The folder of the report; the last one stays where anything fails."""
    from oib_pipeline.quality.suites.results import check_before_report
    from oib_pipeline.report import render

    study = project.inputs.studies[name]
    with reading(project.warehouse):
        inputs = report_inputs(project, name)
    stages = estimate_stages(study)
    results = [stage.removeprefix("est_") for stage in stages]
    expected = [result for result in results if result not in inputs.reasons]
    outcomes = project.checked(
        f"{name}-{REPORT_STAGE}",
        check_before_report,
        {stage: inputs.frame(result) for stage, result in zip(stages, results, strict=True)},
        study=name,
        results=expected,
    )
    folder = project.settings.reports / name
    if not any(outcome.stops for outcome in outcomes):
        with replaced_folder(folder) as fresh:
            render(inputs, fresh)
            note_old_pages(folder, fresh, project.registry.sample(study.sample))
        (project.settings.quality / "stopped" / f"{name}.html").unlink(missing_ok=True)
    page, chain = folder / "index.html", project.chain()
    return StageResult(
        slices=[],
        marks={
            REPORT_STAGE: {name: chain.made_from(REPORT_STAGE, name)},
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
    from oib_pipeline.quality.outcome import markdown_table
    from oib_pipeline.report.document.format_numbers import fixed, p_value

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
    from oib_pipeline.client.in_sync import study_content

    before = [(stage, name) for stage in study_stages(project.inputs.studies[name])[:-1]]
    current = all(chain.ledger.fingerprints.get(key) == chain.made_from(*key) for key in before)
    return {name: study_content(project.settings, chain, name)} if current else {}


PROFILES_STAGE = "out_city_profiles"
ROOMS = ("contract", "estimation", "indices", "panel", "report", "study")
ABOUT = (
    "A page for each city of a study: its indices among others', and every value with its cell. "
    "`oib refresh --profiles` makes those that are missing; a new report has those that were there "
    "made anew."
)


def profiles_version() -> str:
    """Digest of the code that makes a profile."""
    return digest(PROFILES_STAGE, *(code_digest(room) for room in ROOMS))[:12]


def make_profiles(
    context: dg.AssetExecutionContext, project: Project, name: str, codes: Sequence[str]
) -> Iterator[dg.AssetMaterialization]:
    """Pages of those cities that are in the study's sample, and the index of all.

    A partition counts as made where its page is: a run may cover others.
    """
    from oib_pipeline.report.cities.profile import write_profiles

    folder = project.settings.reports / name
    try:
        if not (folder / "report.pdf").is_file():
            raise OibError(
                f"study {name!r} has no report yet: its profiles lie in the report's folder"
            )
        with reading(project.warehouse):
            inputs = profile_inputs(project, name)
        asked = context.run.tags.get(ASKED, "").split() or codes
        wanted = sorted(set(codes) & set(asked) & set(inputs.cities))
        written = write_profiles(inputs, folder / PAGES, wanted) if wanted else []
        forget_made_pages(folder, inputs.cities)
    except OibError as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    progress.info("%s", f"{name}/{PROFILES_STAGE}: {len(written)} of {len(inputs.cities)} cities")
    if strangers := sorted(set(asked) & set(codes) - set(inputs.cities)):
        context.log.warning(f"not in the sample of {name}, so without a page: {_few(strangers)}")
    for code in wanted:
        page = dg.MetadataValue.path(str(folder / PAGES / f"{code}.html"))
        yield dg.AssetMaterialization(context.asset_key, partition=code, metadata={"page": page})


def _few(codes: Sequence[str]) -> str:
    shown = ", ".join(codes[:10])
    return shown if len(codes) <= 10 else f"{shown} and {len(codes) - 10} more"


def profile_inputs(project: Project, name: str) -> ProfileInputs:
    """Everything a profile reads, of one study."""
    from oib_pipeline.registry.registry import read_case_notes
    from oib_pipeline.report.cities.comparisons import ProfileInputs

    study = project.inputs.studies[name]
    extent: Slice = {
        "precedence": study.precedence,
        "scope": study.scope,
        "city_code": project.registry.sample(study.sample),
        "year": study.year_list,
    }
    known = set(project.registry.cities["city_code"])
    return ProfileInputs(
        report=report_inputs(project, name),
        indices=project.warehouse.read("core_indices", extent),
        notes=read_case_notes(project.settings.registry / "case_notes.yml", known),
    )
