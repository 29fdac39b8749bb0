"""What is up to date and what is not, in words."""

from __future__ import annotations

from oib_pipeline.freshness import make_plan, read_inputs, read_ledger
from oib_pipeline.settings import Settings
from oib_pipeline.warehouse import Warehouse


def status(settings: Settings) -> list[str]:
    """Lines on releases and studies; nothing is changed."""
    inputs = read_inputs(settings)
    ledger = read_ledger(Warehouse(settings.warehouse))
    plan = make_plan(settings, inputs, ledger)
    stale = set(plan.parts("raw_observations"))
    lines = [f"releases in {settings.raw}:"]
    for name in inputs.present:
        if name in inputs.unlabelled:
            word = "no release.yml"
        elif name not in inputs.arrivals:
            word = "no study uses its series"
        elif name not in stale:
            word = "read"
        else:
            word = "changed since it was read" if name in ledger.releases else "not read yet"
        lines.append(f"  {name}: {word}")
    others = [held for held in ledger.releases.values() if held.release not in inputs.present]
    lines += [
        f"  {held.release}: {'gone' if held.release in plan.removed else 'read'} "
        f"(from {held.raw_dir})"
        for held in others
    ]
    lines.append("studies:")
    for name in inputs.studies:
        stages = plan.stages(name)
        reason = plan.waiting.get(name)
        word = reason or (f"to be made: {', '.join(stages)}" if stages else "up to date")
        lines.append(f"  {name}: {word}")
    return lines
