"""Great Expectations behind one function; failing rows with their cells."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from oib_pipeline.quality.catalogue import CHECKS, CheckSpec
from oib_pipeline.quality.expectations import Expect, View, with_cells
from oib_pipeline.quality.outcome import Outcome


@dataclass(frozen=True)
class Finding:
    """One expectation evaluated on one view; ``rows`` are positions of the rows that failed."""

    view: View
    expect: Expect
    passed: bool
    observed: str
    rows: tuple[int, ...] = ()


def evaluate(views: Sequence[View]) -> list[Finding]:
    """Every expectation of every view evaluated, in their order."""
    return [finding for view in views if view.expects for finding in _evaluate(view)]


def _evaluate(view: View) -> list[Finding]:
    gx, batches = _session()
    # Great Expectations hashes the whole frame of a batch: hand over only what is looked at.
    columns = dict.fromkeys(name for expect in view.expects for name in expect.columns)
    frame = view.frame[list(columns)].reset_index(drop=True)
    batch = batches.get_batch(batch_parameters={"dataframe": frame})

    def validated(positions: Sequence[int], result_format: str) -> dict[int, Any]:
        expectations = [
            _kind(gx, expect.kind)(**expect.arguments, meta={"position": position})
            for position, expect in enumerate(view.expects)
            if position in positions
        ]
        suite = gx.ExpectationSuite(name=view.name, expectations=expectations)
        results = batch.validate(suite, result_format=result_format).results
        return {result.expectation_config.meta["position"]: result for result in results}

    found = validated(range(len(view.expects)), "BASIC")
    failed = [position for position, result in found.items() if not result.success]
    if failed:  # which rows failed is worth looking for only where some did
        found |= validated(failed, "COMPLETE")
    return [_finding(view, expect, found[n]) for n, expect in enumerate(view.expects)]


def _finding(view: View, expect: Expect, result: Any) -> Finding:
    rows = tuple(sorted(result.result.get("unexpected_index_list") or ()))
    return Finding(view, expect, bool(result.success), _observed(result), rows)


def _observed(result: Any) -> str:
    trouble = _trouble(result.exception_info)
    if trouble:
        return f"could not be evaluated: {trouble}"
    if "observed_value" in result.result:
        return str(result.result["observed_value"])
    looked_at = result.result.get("element_count", 0)
    missing = result.result.get("missing_count", 0)
    text = f"{result.result.get('unexpected_count', 0):,} of {looked_at:,} rows failed"
    return f"{text}, {missing:,} missing" if missing else text


def _trouble(info: Any) -> str:
    """The message of whatever Great Expectations raised; it nests by metric or not."""
    if not isinstance(info, dict):
        return ""
    if "raised_exception" in info:
        return str(info.get("exception_message") or "unknown") if info["raised_exception"] else ""
    return next((text for text in map(_trouble, info.values()) if text), "")


@cache
def _kind(gx: Any, name: str) -> Any:
    """A class of Great Expectations that makes its configuration once an instance.

    The library asks for it a dozen times while an expectation is evaluated. Ours do not change
    once they are made; a class of the same name takes the place of its parent in the registry.
    """
    from great_expectations.compatibility.pydantic import PrivateAttr

    parent = getattr(gx.expectations, name)

    def configuration(self: Any) -> Any:
        if self._made is None:
            self._made = parent.configuration.fget(self)
        return self._made

    own = {"_made": PrivateAttr(None), "configuration": property(configuration)}
    return type(parent)(name, (parent,), {"__module__": __name__, "__doc__": parent.__doc__, **own})


@cache
def _session() -> tuple[Any, Any]:
    """The library and a batch definition of one context in memory: quiet, and off the network."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations as gx
        import great_expectations.expectations
    # Its modules set levels of their own, so nothing is to leave the package's logger.
    logger = logging.getLogger("great_expectations")
    logger.propagate, logger.handlers = False, [logging.NullHandler()]
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    asset = context.data_sources.add_pandas("frames").add_dataframe_asset("frame")
    return gx, asset.add_batch_definition_whole_dataframe("whole")


def judge_view(
    table: str,
    views: Sequence[View],
    *,
    cells: pd.DataFrame | None = None,
    skipped: Mapping[str, str] | None = None,
) -> list[Outcome]:
    """One outcome for each check the catalogue declares for a table, in its order.

    A declared check without an expectation is a mistake of this room unless ``skipped`` gives the
    reason, which its summary then states.
    """
    findings = evaluate(views)
    declared = {spec.name for spec in CHECKS[table]}
    stray = {finding.expect.check for finding in findings} - declared
    if stray:
        raise ValueError(f"checks {sorted(stray)} are not declared for {table}")
    return [_outcome(table, spec, findings, cells, skipped or {}) for spec in CHECKS[table]]


def _outcome(
    table: str,
    spec: CheckSpec,
    findings: Sequence[Finding],
    cells: pd.DataFrame | None,
    skipped: Mapping[str, str],
) -> Outcome:
    own = [finding for finding in findings if finding.expect.check == spec.name]
    if not own and spec.name not in skipped:
        raise ValueError(f"check {spec.name} of {table} has no expectation and no reason for it")
    broken = [finding for finding in own if not finding.passed]
    count = sum(len(finding.rows) for finding in broken)
    return Outcome(
        check=spec.name,
        table=table,
        passed=not broken,
        severity=spec.severity,
        blocking=spec.blocking,
        summary=_summary(spec, own, broken, count, skipped.get(spec.name, "")),
        failing=_failing(broken, cells),
        evidence={
            "rows": sum({found.view.name: len(found.view.frame) for found in own}.values()),
            "failing_rows": count,
            "expectations": [_evidence(finding) for finding in own],
        },
    )


def _summary(
    spec: CheckSpec, own: Sequence[Finding], broken: Sequence[Finding], count: int, reason: str
) -> str:
    if not own:
        return f"{spec.description}: not checked, {reason}"
    if not broken:
        return f"{spec.description}: so it is"
    rows = f", {count:,} failing row{'s' * (count != 1)}" if count else ""
    return f"{spec.description}: not so{rows} ({broken[0].expect.says}: {broken[0].observed})"


def _failing(broken: Sequence[Finding], cells: pd.DataFrame | None) -> pd.DataFrame:
    parts = [_rows(finding, cells) for finding in broken if finding.rows]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _rows(finding: Finding, cells: pd.DataFrame | None) -> pd.DataFrame:
    view, expect = finding.view, finding.expect
    rows = view.frame.iloc[list(finding.rows)]
    key = [name for name in view.key if name in rows]
    place = [name for name in view.place if name in rows and name not in key]
    if expect.show:
        shown = rows[[*key, *(name for name in expect.show if name not in key)]].copy()
    else:
        shown = rows[key].copy()
        columns = [name for name in expect.columns if name not in key]
        shown["column"] = ", ".join(columns or expect.columns)
        if len(columns) == 1:
            shown["value"] = rows[columns[0]].astype("object")
    shown["expected"] = expect.says
    shown[place] = rows[place]
    return with_cells(shown, cells, expect.inputs)


def _evidence(finding: Finding) -> dict[str, object]:
    expect = finding.expect
    return {
        "suite": finding.view.name,
        "expectation": expect.kind,
        "arguments": expect.arguments,
        "says": expect.says,
        "passed": finding.passed,
        "observed": finding.observed,
    }
