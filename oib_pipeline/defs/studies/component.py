"""The assets of one study, from its panel to its report: the same set for every study."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import dagster as dg

from oib_pipeline.analysis.catalogue import RESULTS, Declared
from oib_pipeline.defs.core import core_indices, core_sources
from oib_pipeline.defs.lib.materialize import alone, materialize
from oib_pipeline.defs.lib.specs import KEPT_UP, OWNERS, asset_spec
from oib_pipeline.defs.partitions import cities
from oib_pipeline.defs.resources import Project
from oib_pipeline.defs.studies.estimates import ALSO, REASONS, make_estimates, make_study_panel
from oib_pipeline.defs.studies.report import (
    ABOUT,
    PROFILES_STAGE,
    make_profiles,
    make_report,
    profiles_version,
)
from oib_pipeline.defs.studies.vintage import ALSO as ALSO_VINTAGE
from oib_pipeline.defs.studies.vintage import make_vintage
from oib_pipeline.study import Study

PANDAS = {"python", "pandas", "duckdb"}


def study_assets(study: Study) -> list[dg.AssetsDefinition]:
    """Panel, results, report and city profiles of a study, keyed by its name."""
    panel = _panel_asset(study)
    estimates = [
        _estimate_asset(study, result, panel)
        for name, result in RESULTS.items()
        if name in study.results
    ]
    vintages = _vintages_asset(study, [panel, *estimates])
    report = _report_asset(study, [panel, *estimates, vintages])
    return [panel, *estimates, vintages, report, _profiles_asset(study, report)]


def _panel_asset(study: Study) -> dg.AssetsDefinition:
    @dg.asset(
        **asset_spec("core_study_panel", study=study.name, also=ALSO, kinds=PANDAS),
        deps=[core_indices, core_sources],
    )
    def core_study_panel(context: dg.AssetExecutionContext, project: Project) -> Iterator[Any]:
        yield from materialize(context, project, lambda: make_study_panel(project, study.name))

    return core_study_panel


def _estimate_asset(
    study: Study, result: Declared, panel: dg.AssetsDefinition
) -> dg.AssetsDefinition:
    also = (*result.extra_names, REASONS)
    there = {"core_study_panel": panel, "core_indices": core_indices, "core_sources": core_sources}
    reads = [there[table] for table in result.reads]

    @dg.asset(**asset_spec(result.table, study=study.name, also=also, kinds=PANDAS), deps=reads)
    def estimates(context: dg.AssetExecutionContext, project: Project) -> Iterator[Any]:
        made = partial(make_estimates, project, study.name, result)
        yield from materialize(context, project, made)

    return estimates


def _vintages_asset(study: Study, before: list[dg.AssetsDefinition]) -> dg.AssetsDefinition:
    @dg.asset(
        **asset_spec("est_vintages", study=study.name, also=ALSO_VINTAGE, kinds=PANDAS),
        deps=[*before, core_sources],
    )
    def est_vintages(context: dg.AssetExecutionContext, project: Project) -> Iterator[Any]:
        yield from materialize(context, project, lambda: make_vintage(project, study.name))

    return est_vintages


def _report_asset(study: Study, before: list[dg.AssetsDefinition]) -> dg.AssetsDefinition:
    @dg.asset(
        **asset_spec("out_report", study=study.name, kinds={"python", "html", "matplotlib"}),
        deps=[*before, core_sources],
    )
    def out_report(context: dg.AssetExecutionContext, project: Project) -> Iterator[Any]:
        yield from materialize(context, project, lambda: make_report(project, study.name))

    return out_report


def _profiles_asset(study: Study, report: dg.AssetsDefinition) -> dg.AssetsDefinition:
    @dg.asset(
        key=dg.AssetKey([study.name, PROFILES_STAGE]),
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
