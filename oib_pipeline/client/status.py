"""oib status and oib trace; headline; what stopped a study."""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from html import unescape
from itertools import groupby
from pathlib import Path

from oib_pipeline.contract.counting import noun, p_value, plural
from oib_pipeline.contract.errors import OibError, SourceError
from oib_pipeline.contract.policies import SEPARATOR, without_policy
from oib_pipeline.settings import Settings
from oib_pipeline.study import Study, read_study
from oib_pipeline.versions.causes import LAST_YEARS, causes, changed_names, overdue
from oib_pipeline.versions.data_version import Chain, study_stages
from oib_pipeline.versions.inputs import Inputs
from oib_pipeline.versions.ledger import read_ledger
from oib_pipeline.versions.plan import REPORT, Plan, make_plan, pages_to_make
from oib_pipeline.versions.refusals import current_inputs
from oib_pipeline.vintages.changes import SHOWN, in_words
from oib_pipeline.warehouse import Warehouse

_SQL = """
SELECT outcome, model, count(*) OVER (PARTITION BY outcome, model) > 1 AS controls,
       estimate, se, p, n_obs, n_clusters, term
FROM est.est_baseline WHERE study = '{study}'
QUALIFY term = 'did' ORDER BY try_cast(model AS INTEGER), model
"""
HEAD = ("", "outcome", "controls", "did", "s.e.", "p", "city-years", "cities")


def headline(settings: Settings, studies: Iterable[str]) -> str:
    """One small table a study: the effect in each model of the baseline."""
    warehouse = Warehouse(settings.warehouse)
    parts = []
    for study in studies:
        rows = warehouse.rows(_SQL.format(study=study), needs="est_baseline")
        lines = [f"\n{study}{_banner(settings, study)}"]
        if rows:
            lines += _aligned([HEAD, *(_row(row) for row in rows)])
        lines.append(f"report: {settings.reports / study / 'index.html'}")
        parts.append("\n".join(lines))
    return "\n".join(parts)


def _row(row: tuple) -> tuple[str, ...]:
    outcome, model, controls, estimate, se, p, n_obs, n_clusters, _ = row
    return (
        f"({model})",
        outcome,
        "yes" if controls else "no",
        f"{estimate:.4f}",
        f"({se:.4f})",
        p_value(p),
        f"{n_obs:,}",
        f"{n_clusters}",
    )


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    left = {0, 1, 2}
    return [
        "  "
        + "  ".join(
            cell.ljust(width) if i in left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _banner(settings: Settings, study: str) -> str:
    from oib_pipeline.study import read_study

    synthetic = read_study(settings.studies / f"{study}.yml").synthetic
    return "  SYNTHETIC DATA, made up for demonstration" if synthetic else ""


STOPPED = "Stopped before its report could be made"  # the subtitle of such a page
LONG = 200  # characters of a reason that a line of the status shows
_REASON = re.compile(r'<pre class="code"[^>]*><code>([^\n]*?)(?:\n|</code>)')
_TAG = re.compile(r"<[^>]*>")
SHARED = ("core_sources", "core_city_year", "core_indices")


def report_what_stopped(settings: Settings, inputs: Inputs, plan: Plan, reason: str) -> list[Path]:
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
    from oib_pipeline.report.render import stopped_page

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


RAW = "raw_observations"
ANEW = "the tables it is made from were made anew since"
_LAST = """
SELECT study, vintage, made_at, why, moved FROM meta.meta_vintages
QUALIFY vintage = max(vintage) OVER (PARTITION BY study) ORDER BY study
"""


_REVISED = """
SELECT release, change, file, sheet, cell, was_text, now_text, was_unit, now_unit, because,
       count(*) OVER (PARTITION BY release) AS number
FROM meta.meta_revisions
QUALIFY reading = max(reading) OVER (PARTITION BY release)
    AND row_number() OVER (
        PARTITION BY release, reading ORDER BY city_code, year, scope, variable, file, sheet, cell
    ) <= {shown}
ORDER BY release, city_code, year, scope, variable, file, sheet, cell
"""


def status(settings: Settings) -> list[str]:
    """Lines on releases and studies; nothing is changed."""
    ledger = read_ledger(Warehouse(settings.warehouse))
    inputs = current_inputs(settings, ledger)
    plan = make_plan(settings, inputs, ledger)
    chain = Chain(inputs, ledger)
    vintages = last_vintages(Warehouse(settings.warehouse))
    return [
        f"releases in {settings.raw}:",
        *(f"  {line}" for line in _releases(chain, plan)),
        *(f"  {line}" for line in _revised(Warehouse(settings.warehouse), inputs.present)),
        "studies:",
        *(
            f"  {line}"
            for name in inputs.studies
            for line in (
                *_study(name, chain, plan, settings),
                *_vintage(vintages.get(name, ()), inputs.studies[name].outcomes),
            )
        ),
        *(f"  {name}: its file is gone; the next refresh takes it out" for name in plan.dropped),
        *_editions(Warehouse(settings.warehouse)),
        *_stray_documents(settings),
    ]


def _stray_documents(settings: Settings) -> list[str]:
    """Documents of the registry that no policy has, and so no report."""
    tables = {name: _rows(settings.registry / f"{name}.csv") for name in ("documents", "policies")}
    stray = without_policy(tables["documents"], tables["policies"])
    if not stray:
        return []
    count = plural(len(stray), "document belongs", "documents belong")
    line = (
        f"  documents.csv: {count} to no policy and {noun(stray, 'shows', 'show')} in no report "
        f"({', '.join(stray)}): name the policies in the column policies, {SEPARATOR!r} between"
    )
    return ["registry:", line]


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def _editions(warehouse: Warehouse) -> list[str]:
    """Which editions are due or overdue today."""
    lines = overdue(warehouse.rows(LAST_YEARS, needs="raw_releases"), date.today())
    return ["editions:", *(f"  {line}" for line in lines)] if lines else []


def _releases(chain: Chain, plan: Plan) -> Iterator[str]:
    inputs, held = chain.inputs, chain.ledger.releases
    stale = set(plan.parts(RAW))
    for name in inputs.present:
        if name in inputs.unlabelled:
            yield f"{name}: no release.yml"
        elif name in inputs.waiting:
            yield f"{name}: {_waiting(inputs.waiting[name], name in held)}"
        elif name in inputs.refused:
            yield f"{name}: refused, not tried again until something it rests on changes"
            yield from (f"  {line}" for line in inputs.refused[name].splitlines()[1:])
            if name in held:
                yield "  what was read of it before stays in use"
        elif name not in inputs.arrivals:
            yield f"{name}: no study uses its series"
        elif name not in stale:
            yield f"{name}: read"
        else:
            yield f"{name}: {_stale_release(name, chain, inputs)}"
    for release in sorted(held.values(), key=lambda release: release.release):
        if release.release not in inputs.present:
            word = "gone" if release.release in plan.removed else "read"
            yield f"{release.release}: {word} (from {release.raw_dir})"


def _revised(warehouse: Warehouse, present: Collection[str]) -> Iterator[str]:
    """What the last reading that changed a release changed in it, where to look for the whole."""
    names = ("change", "file", "sheet", "cell", "was_text", "now_text", "was_unit", "now_unit")
    rows = warehouse.rows(_REVISED.format(shown=SHOWN), needs="meta_revisions")
    for release, group in groupby(rows, key=lambda row: str(row[0])):
        if release in present:
            mine = list(group)
            told = [dict(zip(names, row[1:], strict=False)) for row in mine]
            yield f"{in_words(release, told, mine[0][-1])}; {mine[0][-2]}; all in meta_revisions"


def _waiting(error: SourceError, held: bool) -> str:
    told = "; ".join(f"{problem.file}: {problem.found}" for problem in error.problems[:3])
    kept = "; what was read of it before stays in use" if held else ""
    return f"not whole yet, waits ({told}){kept}"


def _stale_release(name: str, chain: Chain, inputs: Inputs) -> str:
    if name not in chain.ledger.releases:
        return "not read yet"
    before = chain.ledger.components(RAW, name)
    files = changed_names(before, chain.made_of(RAW, name), "file")
    if before and files:
        return f"changed since it was read ({', '.join(files[:3])})"
    return "read; to be read again, for what reads it changed, not the release"


def _study(name: str, chain: Chain, plan: Plan, settings: Settings) -> Iterator[str]:
    if name in plan.waiting:
        yield f"{name}: waits for data, {plan.waiting[name]}"
        return
    if name in plan.unfit:
        yield f"{name}: does not fit the registry, and is not made: {plan.unfit[name]}"
        if stopped := what_stopped(settings, name):
            yield f"  see {stopped[0]}"
        return
    stages = plan.stages(name)
    if not stages:
        yield f"{name}: up to date"
        yield from _pages(name, settings)
        return
    yield f"{name}: to be made: {', '.join(stages)}"
    own = [key for key in plan.stale if key in set(chain.upstream("out_report", name))]
    alone = stages == ["out_report"]
    other = "the files of its report are not all there" if alone else ANEW
    for reason in causes(chain, own) or [other]:
        yield f"  because {reason}"
    for release in plan.removed:
        yield f"  because release {release} is gone"
    if stopped := what_stopped(settings, name):
        page, reason = stopped
        yield f"  the last try was stopped: {reason}"
        yield f"    see {page}"
    yield from _pages(name, settings)


def _pages(name: str, settings: Settings) -> Iterator[str]:
    """City profiles that went with an earlier report and were not made from the new one yet."""
    if due := len(pages_to_make(settings.reports / name)):
        pages, them = ("city page waits", "it") if due == 1 else ("city pages wait", "them")
        yield f"  {due:,} {pages} to be made anew: `oib refresh` makes {them}"


def _vintage(lines: Iterable[str], outcomes: list[str]) -> Iterator[str]:
    """Lines on the last vintage with outcomes as the report calls them."""
    from oib_pipeline.report.document.labels import outcomes_in_words

    yield from (outcomes_in_words(line, outcomes) for line in lines)


def last_vintages(warehouse: Warehouse) -> dict[str, list[str]]:
    """The last vintage of each study: its number, when it was made, and what set it apart."""
    rows = warehouse.rows(_LAST, needs="meta_vintages")
    return {
        study: [
            f"  vintage {number}, made {made_at}",
            *(f"    {line}" for text in (why, moved) for line in (text or "").splitlines()),
        ]
        for study, number, made_at, why, moved in rows
    }


def trace_text(
    settings: Settings, name: str, city: str, year: int, wanted: Sequence[str] = ()
) -> str:
    """How each wanted variable, or each outcome, came about; a text for a terminal."""
    from oib_pipeline.panel import trace

    study = read_study(settings.studies / f"{name}.yml")
    if not settings.published.is_file():
        raise OibError(f"there is no {settings.published} yet: run `oib refresh` first")
    warehouse = Warehouse(settings.published)
    place = {"city_code": city}
    tables = {
        "panel": warehouse.read("core_study_panel", {"study": name, **place}),
        "indices": warehouse.read("core_indices", place),
        "sources": warehouse.read("core_sources", place),
        "conflicts": warehouse.read("core_conflicts", place),
        "findings": warehouse.read("core_findings", place),
    }
    texts = [trace(study, city, year, one, **tables).text() for one in wanted or study.outcomes]
    return "\n\n".join(texts)
