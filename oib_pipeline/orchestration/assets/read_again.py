"""Releases read again, held against what the warehouse has of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from oib_pipeline.orchestration.project import Project
from oib_pipeline.vintages.revisions import READ, SHOWN, in_words, revisions

if TYPE_CHECKING:
    import pandas as pd

TABLE = "meta_revisions"
FILES, READER = "its files or manifest changed", "its files are the same: what reads them changed"
_HELD = "SELECT release, digest FROM raw.raw_releases"
_LAST = f"SELECT release, max(reading) FROM meta.{TABLE} GROUP BY release"

Slices = list[tuple[str, "pd.DataFrame", dict]]


def read_again(
    project: Project, names: Sequence[str], observations: pd.DataFrame, releases: pd.DataFrame
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
