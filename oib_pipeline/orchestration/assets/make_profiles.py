"""Profiles of the cities of a study, beside its report."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import dagster as dg

from oib_pipeline.contract.errors import OibError
from oib_pipeline.freshness.digests import code_digest, digest
from oib_pipeline.freshness.pages import ASKED, PAGES, settle
from oib_pipeline.orchestration.assets.report_inputs import report_inputs
from oib_pipeline.orchestration.carry_out import progress
from oib_pipeline.orchestration.project import Project
from oib_pipeline.warehouse import reading
from oib_pipeline.warehouse.warehouse import Slice

if TYPE_CHECKING:
    from oib_pipeline.profiles import ProfileInputs

STAGE = "out_city_profiles"
ROOMS = ("contract", "estimation", "panel", "profiles", "report", "study")
ABOUT = (
    "A page for each city of a study: its indices among others', and every value with its cell. "
    "`oib refresh --profiles` makes those that are missing; a new report has those that were there "
    "made anew."
)


def profiles_version() -> str:
    """Digest of the code that makes a profile."""
    return digest(STAGE, *(code_digest(room) for room in ROOMS))[:12]


def make_profiles(
    context: dg.AssetExecutionContext, project: Project, name: str, codes: Sequence[str]
) -> Iterator[dg.AssetMaterialization]:
    """Pages of those cities that are in the study's sample, and the index of all.

    A partition counts as made where its page is: a run may cover others.
    """
    from oib_pipeline.profiles import write_profiles

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
        settle(folder, inputs.cities)
    except OibError as error:
        raise dg.Failure(str(error), allow_retries=False) from error
    progress.info("%s", f"{name}/{STAGE}: {len(written)} of {len(inputs.cities)} cities")
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
    from oib_pipeline.profiles import ProfileInputs
    from oib_pipeline.registry.case_notes import read_case_notes

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
