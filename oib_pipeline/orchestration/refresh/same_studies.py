"""Studies whose data are what they were although something before them was made anew."""

from __future__ import annotations

from oib_pipeline.freshness import Chain, Inputs, Plan, read_ledger
from oib_pipeline.freshness.content import content_digest, unchanged_studies
from oib_pipeline.freshness.ledger import entries
from oib_pipeline.orchestration.carry_out import progress
from oib_pipeline.orchestration.refresh.runs import Runner
from oib_pipeline.settings import Settings
from oib_pipeline.warehouse import Warehouse, reading


def note_same_studies(plan: Plan, inputs: Inputs, runner: Runner) -> set[str]:
    """Their names, once the ledger says so and each is told; their estimates and reports stay."""
    warehouse = Warehouse(runner.settings.warehouse)
    chain = Chain(inputs, read_ledger(warehouse))
    names = [name for name in plan.ready if plan.stages(name) and _whole(runner.settings, name)]
    contents = {name: study_content(runner.settings, chain, name) for name in names}
    found = unchanged_studies(chain, plan.stale, contents)
    for name, keys in found.items():
        for stage, part in keys:
            now = Chain(inputs, read_ledger(warehouse))
            mark = {part: now.made_from(stage, part)}
            warehouse.replace_slices([entries(stage, mark, {part: now.made_of(stage, part)})])
        progress.info("%s", f"{name}: its cities' values are as they were; nothing to estimate")
    return {*found}


def study_content(settings: Settings, chain: Chain, name: str) -> str:
    """Digest of what a study is made from, as the warehouse holds it."""
    from oib_pipeline.registry import load_registry

    study, warehouse = chain.inputs.studies[name], Warehouse(settings.warehouse)
    sample = load_registry(settings.registry).sample(study.sample)
    releases = chain.releases_for(study.precedence)
    with reading(warehouse):
        return content_digest(warehouse, study, sample, releases)


def _whole(settings: Settings, name: str) -> bool:
    from oib_pipeline.freshness.plan import REPORT

    return all((settings.reports / name / file).is_file() for file in REPORT)
