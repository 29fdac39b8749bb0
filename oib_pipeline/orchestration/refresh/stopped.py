"""A page for each study that a failed run kept from its report."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path

from oib_pipeline.freshness import Chain, Inputs, Plan, read_ledger
from oib_pipeline.freshness.plan import REPORT
from oib_pipeline.freshness.stages import study_stages
from oib_pipeline.settings import Settings
from oib_pipeline.study import Study
from oib_pipeline.warehouse import Warehouse

STOPPED = "Stopped before its report could be made"  # the subtitle of such a page
LONG = 200  # characters of a reason that a line of the status shows
_REASON = re.compile(r'<pre class="code"[^>]*><code>([^\n]*?)(?:\n|</code>)')
_TAG = re.compile(r"<[^>]*>")
SHARED = ("core_sources", "core_city_year", "core_indices")


def tell_what_stopped(settings: Settings, inputs: Inputs, plan: Plan, reason: str) -> list[Path]:
    """Pages written: in the report's place where there never was one, else beside the checks."""
    chain = Chain(inputs, read_ledger(Warehouse(settings.warehouse)))
    stopped = [name for name in plan.ready if not chain.is_current("out_report", name)]
    return _written(settings, chain, dict.fromkeys(stopped, reason))


def tell_unfit(settings: Settings, inputs: Inputs, unfit: Mapping[str, str]) -> list[Path]:
    """Pages written in the same places, of studies that do not fit the registry."""
    if not unfit:
        return []
    chain = Chain(inputs, read_ledger(Warehouse(settings.warehouse)))
    return _written(settings, chain, unfit)


def _written(settings: Settings, chain: Chain, reasons: Mapping[str, str]) -> list[Path]:
    from oib_pipeline.report.stopped import stopped_page

    written = []
    for name, reason in reasons.items():
        study = chain.inputs.studies[name]
        path = _place(settings, name)
        report = settings.reports / name / "index.html"
        kept = str(report) if path != report else ""
        path.parent.mkdir(parents=True, exist_ok=True)
        page = stopped_page(study, reason, _states(chain, study), kept=kept)
        path.write_text(page, encoding="utf-8", newline="\n")
        written.append(path)
    return written


def what_stopped(settings: Settings, name: str) -> tuple[Path, str] | None:
    """The page that tells what stopped a study's last try, and its first line; None without one."""
    path = _place(settings, name)
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    if STOPPED not in text:
        return None
    told = _REASON.search(text)
    first = unescape(_TAG.sub("", told[1])) if told else ""
    return path, first if len(first) <= LONG else f"{first[:LONG].rstrip()} ..."


def _place(settings: Settings, name: str) -> Path:
    """Where the page is: a report that is whole is left as it was."""
    folder = settings.reports / name
    whole = all((folder / file).is_file() for file in REPORT)
    return settings.quality / "stopped" / f"{name}.html" if whole else folder / "index.html"


def _states(chain: Chain, study: Study) -> list[tuple[str, str]]:
    keys = [(stage, study.precedence) for stage in SHARED]
    keys += [(stage, study.name) for stage in study_stages(study)]
    return [
        (stage.replace("_", " "), "up to date" if chain.is_current(stage, part) else "missing")
        for stage, part in keys
    ]
