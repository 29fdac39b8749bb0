"""The refresh: one at a time, nothing done in vain, the last good state kept until the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oib_pipeline.contract.errors import OibError
from oib_pipeline.freshness import Inputs, Plan, make_plan, read_inputs, read_ledger
from oib_pipeline.orchestration.refresh.disk import disk_in_words
from oib_pipeline.orchestration.refresh.folders import recover
from oib_pipeline.orchestration.refresh.lock import only_one
from oib_pipeline.orchestration.refresh.profiles import make_due_profiles
from oib_pipeline.orchestration.refresh.publish import add_views, publish
from oib_pipeline.settings import REMOVED, Settings
from oib_pipeline.warehouse import Warehouse

if TYPE_CHECKING:
    import dagster as dg

Say = Callable[[str], object]


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

    Raises
    ------
    OibError
        With the reason, when anything stands in the way; what was there before stays.
    """
    with only_one(settings.lock, patience=patience, say=say), disk_in_words(settings.data):
        inputs = read_inputs(settings, studies)
        for name in inputs.studies:
            recover(settings.reports / name)
        plan = make_plan(settings, inputs, read_ledger(Warehouse(settings.warehouse)))
        _refuse(plan, settings, studies)
        _announce(plan, inputs, settings, say)
        if not plan.nothing:
            _carry_out(plan, inputs, settings, instance, cause or "terminal", verbose, say)
            add_views(settings)
        publish(settings)
        make_due_profiles(settings, plan.ready, say=say, instance=instance, verbose=verbose)
        _tell_waiting(plan, say)
        if plan.nothing:
            say(f"nothing new: {', '.join(plan.ready)} up to date")
    return Done(plan.stale, plan.ready)


def _refuse(plan: Plan, settings: Settings, studies: Sequence[str]) -> None:
    for name, reason in plan.waiting.items():
        if name in studies:
            raise OibError(f"study {name!r} cannot be made: {reason}")
    if not plan.ready:
        raise OibError(f"no study can be made from {settings.raw}")


def _announce(plan: Plan, inputs: Inputs, settings: Settings, say: Say) -> None:
    for name in inputs.unlabelled:
        say(f"left out: {name} has no release.yml (`oib draft-manifest` drafts one)")
    for name in plan.removed:
        say(f"taken out: {name} is no longer in {settings.raw}")
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
) -> None:
    from oib_pipeline.orchestration.build import build_definitions
    from oib_pipeline.orchestration.refresh.home import project_instance
    from oib_pipeline.orchestration.refresh.runs import RunFailed, Runner, close_dead_runs
    from oib_pipeline.orchestration.refresh.steps import carry_out_plan
    from oib_pipeline.orchestration.refresh.stopped import tell_what_stopped
    from oib_pipeline.orchestration.refresh.tell import told

    with told(say), project_instance(settings, instance) as own:
        for run in close_dead_runs(own, cause):
            say(f"run {run[:8]} was cut short before; its work is taken up again")
        definitions = build_definitions(inputs.studies.values())
        runner = Runner(definitions, own, settings, tuple(inputs.studies), cause, verbose)
        try:
            carry_out_plan(plan, inputs, runner)
        except RunFailed as failure:
            for path in tell_what_stopped(settings, inputs, plan, str(failure)):
                say(f"what stopped it, and what is missing: {path}")
            raise
