"""Releases and studies that a refresh could not use, told once the others are through."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from oib_pipeline.contract.errors import OibError
from oib_pipeline.settings import Settings
from oib_pipeline.versions.inputs import Inputs

if TYPE_CHECKING:
    import dagster as dg


def report_left_out(
    settings: Settings,
    inputs: Inputs,
    unfit: Mapping[str, str],
    *,
    waits: bool,
    say: Callable[[str], object],
    instance: dg.DagsterInstance | None,
) -> None:
    """Failed checks in the UI for releases that were refused, and an error that names all.

    Parameters
    ----------
    unfit
        Studies that do not fit the registry, each with the reason.
    waits
        Whether a release that is not whole may wait: nobody asked for it by hand.

    Raises
    ------
    OibError
        With the reasons.
    """
    told = dict(inputs.refused)
    for name, error in inputs.waiting.items():
        if waits:
            say(f"waits until it is whole: {error}")
        else:
            told[name] = str(error)
    if told:
        from oib_pipeline.client.runs import project_instance

        with project_instance(settings, instance) as own:
            show_refused(own, told)
    if told or unfit:
        lines = [*told.values(), *unfit.values(), "everything else is up to date"]
        raise OibError("\n".join(lines))


def show_refused(instance: dg.DagsterInstance, told: Mapping[str, str]) -> None:
    """The check of the asset that reads releases failed, with the reasons, in the UI."""
    import dagster as dg

    last = _last(instance)
    if last and not last.passed and all(why in (last.description or "") for why in told.values()):
        return  # the run that refused them has said so, with its evidence
    text = "\n".join(told.values())
    evidence = dg.MetadataValue.md(f"```\n{text}\n```")
    found = text.count("\n  - ")
    _show(instance, False, text, {"evidence": evidence, "failing_rows": max(found, len(told))})


def show_none_refused(
    instance: dg.DagsterInstance, gone: Sequence[str], settled: Sequence[str]
) -> None:
    """The same check passed: releases that it named are gone, or again what was read of them."""
    told = [f"{name} is no longer there" for name in gone]
    told += [f"{name} is again what was read of it" for name in settled]
    last = _last(instance)
    if last and not last.passed:
        _show(instance, True, f"{'; '.join(told)}; every release is read", {})


def show_resolved(instance: dg.DagsterInstance, release: str, rows: int) -> None:
    """The partition of a release that was refused and put back: what is held of it is all of it."""
    import dagster as dg

    from oib_pipeline.defs.checks import RAW

    same = dg.AssetMaterialization(
        dg.AssetKey(RAW),
        description="its files are again those that were read",
        partition=release,
        metadata={"dagster/row_count": rows},
    )
    instance.report_runless_asset_event(same)


def _last(instance: dg.DagsterInstance) -> dg.AssetCheckEvaluation | None:
    import dagster as dg

    from oib_pipeline.defs.checks import RAW, READABLE, last_result

    return last_result(instance, dg.AssetCheckKey(dg.AssetKey(RAW), READABLE))


def _show(
    instance: dg.DagsterInstance, passed: bool, text: str, metadata: Mapping[str, Any]
) -> None:
    import dagster as dg

    from oib_pipeline.defs.checks import RAW, READABLE

    found = dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey(RAW),
        check_name=READABLE,
        passed=passed,
        description=text,
        metadata=metadata,
    )
    instance.report_runless_asset_event(found)
