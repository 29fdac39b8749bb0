"""The refresh: one at a time, nothing done in vain, the last good state kept until the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oib_pipeline.client.profiles import Say, make_due_profiles
from oib_pipeline.client.publish import add_views, publish
from oib_pipeline.client.refused import report_left_out, show_refused
from oib_pipeline.client.status import report_what_stopped, tell_unfit
from oib_pipeline.contract.errors import OibError, disk_in_words
from oib_pipeline.defs.lib.folders import recover_folder
from oib_pipeline.defs.lib.locks import only_one
from oib_pipeline.settings import REMOVED, Settings
from oib_pipeline.versions.inputs import Inputs
from oib_pipeline.versions.ledger import read_ledger
from oib_pipeline.versions.plan import Plan, make_plan
from oib_pipeline.versions.refusals import (
    current_inputs,
    forget_refusals,
    noted_refusals,
    without_refused,
)
from oib_pipeline.warehouse import Warehouse

if TYPE_CHECKING:
    import dagster as dg


@dataclass(frozen=True)
class Done:
    """What a refresh did: the slices it made and the studies that are now up to date."""

    stale: tuple[tuple[str, str], ...]
    ready: tuple[str, ...]


def refresh(
    settings: Settings,
    studies: Sequence[str] = (),
    *,
    say: Say,
    instance: dg.DagsterInstance | None = None,
    cause: str = "",
    verbose: bool = False,
    patience: float = 0.0,
    waits: bool = False,
) -> Done:
    """Bring every study, or those named, up to date with the releases in the raw folder.

    Parameters
    ----------
    say
        Takes one line of progress at a time.
    instance
        Where Dagster keeps the runs; the project's own by default.
    cause
        Id of the Dagster run that asked for it.
    verbose
        Show Dagster's own log lines too.
    patience
        Seconds to wait for another refresh to end.
    waits
        Whether a release that is not whole may wait: nobody asked for it by hand.

    Raises
    ------
    OibError
        With the reason, when anything stands in the way; what was there before stays. A release
        that is refused, or a study that does not fit the registry, does not stand in the way of
        others: it is told once they are through.
    """
    with only_one(settings.lock, patience=patience, say=say), disk_in_words(settings.data):
        inputs = current_inputs(settings, read_ledger(Warehouse(settings.warehouse)), studies)
        for name in inputs.studies:
            recover_folder(settings.reports / name)
        plan = make_plan(settings, inputs, read_ledger(Warehouse(settings.warehouse)))
        for path in tell_unfit(settings, inputs, plan.unfit):
            say(f"a study does not fit the registry; what stops it: {path}")
        _refuse(plan, inputs, settings, studies)
        _announce(plan, inputs, settings, say)
        now = inputs
        if not plan.nothing:
            made = _carry_out(plan, inputs, settings, instance, cause or "terminal", verbose, say)
            if made:
                add_views(settings)
            now = current_inputs(settings, read_ledger(Warehouse(settings.warehouse)), studies)
            forget_refusals(settings, set(noted_refusals(settings)) & set(now.arrivals))
        for name in plan.ready:  # one put right without a new report is stopped no longer
            (settings.quality / "stopped" / f"{name}.html").unlink(missing_ok=True)
        publish(settings)
        make_due_profiles(
            settings, plan.ready, say=say, instance=instance, cause=cause, verbose=verbose
        )
        _tell_waiting(plan, say)
        if plan.nothing:
            say(f"nothing new: {', '.join(plan.ready)} up to date")
        report_left_out(settings, now, plan.unfit, waits=waits, say=say, instance=instance)
    return Done(plan.stale, plan.ready)


def _refuse(plan: Plan, inputs: Inputs, settings: Settings, studies: Sequence[str]) -> None:
    for name, reason in plan.waiting.items():
        if name in studies:
            raise OibError(f"study {name!r} cannot be made: {reason}")
    if not plan.ready:
        left_out = [*map(str, inputs.waiting.values()), *inputs.refused.values()]
        lines = [*plan.unfit.values()] or [f"no study can be made from {settings.raw}"]
        raise OibError("\n".join([*lines, *left_out]))


def _announce(plan: Plan, inputs: Inputs, settings: Settings, say: Say) -> None:
    for name in inputs.unlabelled:
        say(f"left out: {name} has no release.yml (`oib draft-manifest` drafts one)")
    for name in plan.removed:
        say(f"taken out: {name} is no longer in {settings.raw}")
    for name in plan.forgotten:
        say(f"forgotten: {name}, which was refused and is no longer in {settings.raw}")
    for name in plan.settled:
        say(f"put back: {name}, which was refused and is again what was read of it")
    for name in plan.dropped:
        kept = settings.reports / REMOVED / name
        say(f"taken out: study {name}, which has no file any more (its last report: {kept})")
    for order in plan.unused:
        say(f"taken out: what was chosen in the order {order}, which no study asks for any more")


def _tell_waiting(plan: Plan, say: Say) -> None:
    for name, reason in plan.waiting.items():
        say(f"study {name} waits for data of its own: {reason}")


def _carry_out(
    plan: Plan,
    inputs: Inputs,
    settings: Settings,
    instance: dg.DagsterInstance | None,
    cause: str,
    verbose: bool,
    say: Say,
) -> bool:
    """Whether anything was made or taken out: not where all that came was refused."""
    from oib_pipeline.client.run_plan import carry_out_plan
    from oib_pipeline.client.runs import (
        RunFailed,
        Runner,
        close_dead_runs,
        progress_lines,
        project_instance,
    )
    from oib_pipeline.defs.assets import asset_definitions

    with progress_lines(say), project_instance(settings, instance) as own:
        for run in close_dead_runs(own, cause):
            say(f"run {run[:8]} was cut short before; its work is taken up again")
        definitions = asset_definitions(inputs.studies.values())
        fit = tuple(name for name in inputs.studies if name not in plan.unfit)
        runner = Runner(definitions, own, settings, fit, cause, verbose)
        try:
            return carry_out_plan(plan, inputs, runner)
        except RunFailed as failure:
            ledger = read_ledger(Warehouse(settings.warehouse))
            now = without_refused(settings, inputs, ledger)
            new = [why for name, why in now.refused.items() if name not in inputs.refused]
            reason = "\n".join([*(why for why in new if why not in str(failure)), str(failure)])
            for path in report_what_stopped(settings, inputs, plan, reason):
                say(f"what stopped it, and what is missing: {path}")
            if now.refused:
                show_refused(own, now.refused)
            raise RunFailed(reason) from failure
