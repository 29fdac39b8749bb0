"""The assets of one study, from its panel to its report: the same set for every study."""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from oib_pipeline.freshness import estimate_stages
from oib_pipeline.orchestration.assets.core_indices import core_indices
from oib_pipeline.orchestration.assets.core_sources import core_sources
from oib_pipeline.orchestration.assets.make_estimates import REASONS, make_estimates
from oib_pipeline.orchestration.assets.make_profiles import (
    ABOUT,
    STAGE,
    make_profiles,
    profiles_version,
)
from oib_pipeline.orchestration.assets.make_report import make_report
from oib_pipeline.orchestration.assets.make_study_panel import ALSO, make_study_panel
from oib_pipeline.orchestration.assets.make_vintage import ALSO as ALSO_VINTAGE
from oib_pipeline.orchestration.assets.make_vintage import make_vintage
from oib_pipeline.orchestration.card import KEPT_UP, OWNERS, card
from oib_pipeline.orchestration.carry_out import alone, carry_out
from oib_pipeline.orchestration.partitions import cities
from oib_pipeline.orchestration.project import Project
from oib_pipeline.results import ALSO as ALSO_BY_RESULT
from oib_pipeline.study import Study

PANDAS = {"python", "pandas", "duckdb"}


def study_assets(study: Study) -> list[dg.AssetsDefinition]:
    """Panel, results, report and city profiles of a study, keyed by its name."""
    panel = _panel_asset(study)
    estimates = [_estimate_asset(study, stage, panel) for stage in estimate_stages(study)]
    vintages = _vintages_asset(study, [panel, *estimates])
    report = _report_asset(study, [panel, *estimates, vintages])
    return [panel, *estimates, vintages, report, _profiles_asset(study, report)]


def _panel_asset(study: Study) -> dg.AssetsDefinition:
    @dg.asset(
        **card("core_study_panel", study=study.name, also=ALSO, kinds=PANDAS),
        deps=[core_indices, core_sources],
    )
    def core_study_panel(context: dg.AssetExecutionContext, project: Project) -> Iterator[Any]:
        yield from carry_out(context, project, lambda: make_study_panel(project, study.name))

    return core_study_panel


def _estimate_asset(study: Study, stage: str, panel: dg.AssetsDefinition) -> dg.AssetsDefinition:
    also = (*ALSO_BY_RESULT.get(stage.removeprefix("est_"), ()), REASONS)
    reads = [panel, core_indices] if stage == "est_robustness" else [panel]

    @dg.asset(**card(stage, study=study.name, also=also, kinds=PANDAS), deps=reads)
    def estimates(context: dg.AssetExecutionContext, project: Project) -> Iterator[Any]:
        yield from carry_out(context, project, lambda: make_estimates(project, study.name, stage))

    return estimates


def _vintages_asset(study: Study, before: list[dg.AssetsDefinition]) -> dg.AssetsDefinition:
    @dg.asset(
        **card("est_vintages", study=study.name, also=ALSO_VINTAGE, kinds=PANDAS),
        deps=[*before, core_sources],
    )
    def est_vintages(context: dg.AssetExecutionContext, project: Project) -> Iterator[Any]:
        yield from carry_out(context, project, lambda: make_vintage(project, study.name))

    return est_vintages


def _report_asset(study: Study, before: list[dg.AssetsDefinition]) -> dg.AssetsDefinition:
    @dg.asset(
        **card("out_report", study=study.name, kinds={"python", "html", "matplotlib"}),
        deps=[*before, core_sources],
    )
    def out_report(context: dg.AssetExecutionContext, project: Project) -> Iterator[Any]:
        yield from carry_out(context, project, lambda: make_report(project, study.name))

    return out_report


def _profiles_asset(study: Study, report: dg.AssetsDefinition) -> dg.AssetsDefinition:
    @dg.asset(
        key=dg.AssetKey([study.name, STAGE]),
        group_name="out",
        description=ABOUT,
        kinds={"python", "html", "matplotlib"},
        owners=OWNERS,
        metadata=KEPT_UP,
        code_version=profiles_version(),
        deps=[report, core_indices, core_sources],
        partitions_def=cities,
        backfill_policy=dg.BackfillPolicy.single_run(),
        output_required=False,
    )
    def out_city_profiles(context: dg.AssetExecutionContext, project: Project) -> Iterator[Any]:
        with alone(context, project):
            yield from make_profiles(context, project, study.name, context.partition_keys)

    return out_city_profiles
