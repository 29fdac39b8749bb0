"""Findings of expectations, gathered into one outcome for every declared check."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from oib_pipeline.quality.catalogue import CHECKS, CheckSpec
from oib_pipeline.quality.cells import with_cells
from oib_pipeline.quality.engine import Finding, evaluate
from oib_pipeline.quality.expect import View
from oib_pipeline.quality.outcome import Outcome


def judge(
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
