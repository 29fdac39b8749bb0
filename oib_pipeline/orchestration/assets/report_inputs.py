"""What the report of a study is made from, read from the warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oib_pipeline.freshness import estimate_stages
from oib_pipeline.indices.indicators import EMPLOYMENT, INDICATORS, OUTPUT
from oib_pipeline.orchestration.assets.make_estimates import study_panel
from oib_pipeline.orchestration.project import Project
from oib_pipeline.study import Study
from oib_pipeline.warehouse.warehouse import Slice

if TYPE_CHECKING:
    import pandas as pd

    from oib_pipeline.report.inputs import ReportInputs

SHARES = (*OUTPUT.columns, *EMPLOYMENT.columns)


def report_inputs(project: Project, name: str) -> ReportInputs:
    """Everything ``render`` reads, of one study."""
    from oib_pipeline.report.inputs import ReportInputs
    from oib_pipeline.results.arrange import arranged

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
        **_beside(project, study),
        **_vintage(project, name),
    )


def _vintage(project: Project, name: str) -> dict[str, Any]:
    """The last vintage of a study and what sets it apart from the one before."""
    from oib_pipeline.vintages.moves import moves

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


def _beside(project: Project, study: Study) -> dict[str, pd.DataFrame]:
    """Tables beside the results, under the names the report has for them."""
    from oib_pipeline.results import ALSO
    from oib_pipeline.results.arrange import arranged

    tables = [table for result in study.results for table in ALSO.get(result, ())]
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
