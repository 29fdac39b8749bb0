"""Assets raw_observations and raw_release (by release)."""

import logging
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import dagster as dg

from oib_pipeline.contract.counting import plural
from oib_pipeline.contract.errors import OibError, SourceError
from oib_pipeline.contract.tables import tables
from oib_pipeline.defs.checks import readable
from oib_pipeline.defs.lib.materialize import StageResult, materialize
from oib_pipeline.defs.lib.specs import asset_spec
from oib_pipeline.defs.partitions import releases
from oib_pipeline.defs.resources import Project
from oib_pipeline.vintages.changes import READ, SHOWN, in_words, revisions

if TYPE_CHECKING:
    import pandas as pd


TABLE = "meta_revisions"
FILES, READER = "its files or manifest changed", "its files are the same: what reads them changed"
_HELD = "SELECT release, digest FROM raw.raw_releases"
_LAST = f"SELECT release, max(reading) FROM meta.{TABLE} GROUP BY release"

Slices = list[tuple[str, "pd.DataFrame", dict]]


def read_again(
    project: Project, names: Sequence[str], observations: "pd.DataFrame", releases: "pd.DataFrame"
) -> tuple[Slices, list[str]]:
    """Slices of ``meta_revisions`` to write, and a line on each release that differs.

    That a city has another code since then makes no other value of it.
    """
    digests = {str(n): str(d) for n, d in project.warehouse.rows(_HELD, needs="raw_releases")}
    known = sorted(set(names) & set(digests))
    if not known:
        return [], []
    before = project.warehouse.query(_sql(known), known, needs="raw_observations")
    before["city_code"] = before["city_code"].replace(project.registry.former_codes)
    changed = revisions(before, observations)
    if changed.empty:
        return [], []
    last = {str(n): int(k) for n, k in project.warehouse.rows(_LAST, needs=TABLE)}
    now = dict(zip(releases["release"].astype(str), releases["digest"].astype(str), strict=True))
    slices: Slices = []
    lines = []
    for name, rows in changed.groupby("release", sort=True):
        release = str(name)
        extent = {"release": release, "reading": last.get(release, 0) + 1}
        because = READER if now[release] == digests[release] else FILES
        slices.append((TABLE, rows.assign(**extent, because=because), extent))
        first = rows.head(SHOWN).to_dict("records")
        lines.append(in_words(release, first, len(rows)))
    return slices, lines


def _sql(names: Sequence[str]) -> str:
    marks = ", ".join("?" * len(names))
    return f"SELECT {', '.join(READ)} FROM raw.raw_observations WHERE release IN ({marks})"


progress = logging.getLogger("oib.progress")
STAGE = "raw_observations"
ALSO = ("raw_releases", "raw_skipped", "raw_findings", "meta_revisions")


@dg.asset(
    **asset_spec(STAGE, also=ALSO, kinds={"python", "excel", "duckdb"}),
    partitions_def=releases,
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def raw_observations(context: dg.AssetExecutionContext, project: Project) -> Iterator[Any]:
    """All releases of the run, or none of them where one is refused."""
    yield from materialize(context, project, lambda: _read(project, context.partition_keys))


def _read(project: Project, keys: Sequence[str]) -> StageResult:
    import pandas as pd

    from oib_pipeline.quality.suites.observations import check_raw

    names = _changed(project, keys)
    extractions, refused = _extractions(project, names)
    tried = frozenset(names)
    if refused:
        return StageResult(
            slices=[], marks={}, outcomes=[readable(names, refused)], said="refused", tried=tried
        )
    read = {
        table: pd.concat([getattr(part, table) for part in extractions], ignore_index=True)
        for table in ("observations", "releases", "skipped", "findings")
    }
    observations, origins = _as_text(read["observations"]), read["releases"]
    odd = _each_once(read["findings"])
    extent = {"release": names}
    known = set(project.registry.cities["city_code"])
    chain = project.chain()
    revised, told = read_again(project, names, observations, origins)
    for line in told:
        progress.info("%s", line)
    return StageResult(
        slices=[
            (STAGE, observations, extent),
            ("raw_releases", origins, extent),
            ("raw_skipped", read["skipped"], extent),
            ("raw_findings", odd, extent),
            *revised,
        ],
        marks={STAGE: {name: chain.made_from(STAGE, name) for name in names}},
        outcomes=[
            readable(names, []),
            *project.checked(STAGE, check_raw, observations, origins, cities=known),
        ],
        tried=tried,
        rows={**_held(project, keys), **_read_of(observations, names)},
        said=f"{plural(len(observations), 'value')} from {plural(len(names), 'release')}, "
        f"{plural(len(read['skipped']), 'table')} not wanted{_to_look_at(len(odd))}",
    )


def _held(project: Project, keys: Sequence[str]) -> dict[str, int]:
    """Values that the warehouse holds of each release of the run."""
    sql = f"SELECT release, count(*) FROM {tables()[STAGE].qualified} GROUP BY release"
    held = {str(name): int(n) for name, n in project.warehouse.rows(sql, needs=STAGE)}
    return {key: held.get(key, 0) for key in keys}


def _read_of(observations: "pd.DataFrame", names: Sequence[str]) -> dict[str, int]:
    counts = observations["release"].value_counts()
    return {name: int(counts.get(name, 0)) for name in names}


def _as_text(frame: "pd.DataFrame") -> "pd.DataFrame":
    """Categories, which save memory while reading, as the text they stand for."""
    return frame.astype(dict.fromkeys(frame.select_dtypes("category").columns, "str"))


def _each_once(findings: "pd.DataFrame") -> "pd.DataFrame":
    """One row for what was found in a cell; the graver one where two rules found the same."""
    key = list(tables()["raw_findings"].key)
    frame = findings.fillna("").astype("str")
    gravest = frame["severity"].map({"warning": 0, "info": 1}).fillna(0)
    frame = frame.assign(_order=gravest).sort_values([*key, "_order", "expected", "todo"])
    return frame.drop_duplicates(key, ignore_index=True).drop(columns="_order")


def _to_look_at(number: int) -> str:
    """Names the table, so that who reads the line of progress finds them."""
    things = "thing" if number == 1 else "things"
    return f", {number:,} {things} to look at (raw_findings)" if number else ""


def _changed(project: Project, keys: Sequence[str]) -> list[str]:
    """Releases among ``keys`` that changed; all of them where none did and they are asked for."""
    if held_off := [key for key in keys if key in project.inputs.refused]:
        raise OibError(project.inputs.refused[held_off[0]])
    gone = sorted(set(keys) - set(project.inputs.arrivals))
    chain = project.chain()
    changed = [key for key in keys if key not in gone and not chain.is_current(STAGE, key)]
    kept = set(chain.ledger.releases)
    if missing := [key for key in gone if key not in kept]:
        raise OibError(f"{project.settings.raw} holds no release {', '.join(missing)}")
    return changed or [key for key in keys if key not in gone]


def _extractions(project: Project, names: Sequence[str]) -> tuple[list[Any], list[SourceError]]:
    """Every release extracted, and the errors of all that cannot be."""
    from oib_pipeline.extract import extract_release, read_release

    done, refused = [], []
    for name in names:
        arrival = project.inputs.arrivals[name]
        try:
            release = read_release(arrival.folder, arrival.manifest)
            done.append(extract_release(release, project.registry))
        except SourceError as error:
            refused.append(error)
    return done, refused
