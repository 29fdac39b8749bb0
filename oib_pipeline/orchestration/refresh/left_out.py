"""Releases that a refresh could not use, told at its end: by then the others are through."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from oib_pipeline.contract.errors import OibError
from oib_pipeline.freshness import Inputs
from oib_pipeline.settings import Settings

if TYPE_CHECKING:
    import dagster as dg


def tell_left_out(
    settings: Settings,
    inputs: Inputs,
    *,
    waits: bool,
    say: Callable[[str], object],
    instance: dg.DagsterInstance | None,
) -> None:
    """Failed checks in the UI for releases that were refused, and an error that names them.

    Parameters
    ----------
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
    if not told:
        return
    from oib_pipeline.orchestration.refresh.home import project_instance

    with project_instance(settings, instance) as own:
        show_refused(own, told)
    raise OibError("\n".join([*told.values(), "everything else is up to date"]))


def show_refused(instance: dg.DagsterInstance, told: Mapping[str, str]) -> None:
    """The check of the asset that reads releases failed, with the reasons, in the UI."""
    import dagster as dg

    text = "\n".join(told.values())
    evidence = dg.MetadataValue.md(f"```\n{text}\n```")
    _show(instance, False, text, {"evidence": evidence, "failing_rows": len(told)})


def show_none_refused(instance: dg.DagsterInstance, gone: Sequence[str]) -> None:
    """The same check passed: releases that it named were taken out of the raw folder."""
    _show(instance, True, f"no longer there: {', '.join(gone)}; every other release is read", {})


def _show(
    instance: dg.DagsterInstance, passed: bool, text: str, metadata: Mapping[str, Any]
) -> None:
    import dagster as dg

    from oib_pipeline.orchestration.checks import RAW, READABLE

    found = dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey(RAW),
        check_name=READABLE,
        passed=passed,
        description=text,
        metadata=metadata,
    )
    instance.report_runless_asset_event(found)
