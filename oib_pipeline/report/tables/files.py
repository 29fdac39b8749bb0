"""Inputs by their digests, and tables of releases that no variable wants."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.numbers import whole

SHOWN = 40


def inputs_table(releases: pd.DataFrame) -> Table:
    """Release, files, values read, digest and where it was obtained."""
    releases = releases.sort_values("release", kind="stable")
    rows = [
        Row(
            (
                Cell(str(record["release"])),
                Cell(whole(record.get("n_files", float("nan")))),
                Cell(whole(record.get("n_observations", float("nan")))),
                Cell(str(record["digest"])),
                Cell(str(record["source"])),
            )
        )
        for record in releases.to_dict("records")
    ]
    names = ("Release", "Files", "Values", "SHA-256", "Where from")
    return Table(
        name="inputs-list",
        title="Inputs",
        align="lrrpp",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        data=handed_in(releases),
    )


def handed_in(releases: pd.DataFrame) -> pd.DataFrame:
    """Facts of the releases without the folder they lay in: a path is no fact of theirs."""
    facts = releases.drop(columns="raw_dir", errors="ignore")
    return facts.assign(retrieved=facts["retrieved"].astype(str).str[:10])


def skipped_table(skipped: pd.DataFrame) -> Table:
    """Tables by release, with the reason."""
    skipped = skipped.sort_values(["release", "file", "sheet", "title"], kind="stable")
    grouped = skipped.groupby(["release", "reason"], sort=True)
    rows = [
        Row(
            (
                Cell(str(release)),
                Cell(whole(len(part)), value=len(part)),
                Cell("; ".join(dict.fromkeys(str(title).strip() for title in part["title"]))),
                Cell(str(reason)),
            )
        )
        for (release, reason), part in list(grouped)[:SHOWN]
    ]
    more = len(grouped) - SHOWN
    return Table(
        name="skipped",
        title="Tables that no variable of the contract wants",
        align="lrpp",
        head=(tuple(Head(name) for name in ("Release", "Number", "Tables", "Reason")),),
        rows=tuple(rows),
        data=skipped,
        notes=(f"{more} more groups are in the csv.",) if more > 0 else (),
    )
