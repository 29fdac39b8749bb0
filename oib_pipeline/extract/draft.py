"""A release.yml drafted from a folder, and the provisional one that an inspection uses."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import yaml

from oib_pipeline.contract.errors import OibError, Problem, SourceError
from oib_pipeline.contract.manifest import Release, data_files, sha256
from oib_pipeline.extract.layouts.layout import read_layout_table

TO_COMPLETE = "TO COMPLETE"


def draft_manifest(folder: Path, series: str = "", edition: int | str = "") -> str:
    """YAML text of a manifest: files and checksums filled in, the rest marked to complete.

    ``series`` and ``edition``, where not given, are as the folder's name has them.
    """
    folder = Path(folder)
    named, _, year = folder.name.rpartition("-")
    series, edition = series or named, str(edition or year)
    lines = [
        f"release: {folder.name}",
        f"publisher: {TO_COMPLETE}  # who published it",
        f"series: {series or folder.name}  # a series of extract/layouts/series.csv",
        f"edition: {edition if edition.isdigit() else TO_COMPLETE}",
        f"data_years: [{TO_COMPLETE}, {TO_COMPLETE}]  # first and last; not the edition",
        f"licence: {TO_COMPLETE}",
        f"source: {TO_COMPLETE}  # citation, and where the files came from",
        f"retrieved: {TO_COMPLETE}  # as 2024-12-31",
        "synthetic: false",
    ]
    files = {name: sha256(folder / name) for name in data_files(folder)}
    text = yaml.safe_dump({"files": files}, allow_unicode=True, sort_keys=True, width=1000)
    return "\n".join(lines) + "\n" + text


YEAR = re.compile(r"(19|20)\d\d")


def provisional(folder: Path, series: str = "", edition: int | str = "", file: str = "") -> Release:
    """What a folder's files are, by what is given and else by the folder's name.

    Raises
    ------
    OibError
        For a series that is not known, or an edition that is no year of a yearly series.
    SourceError
        Where neither says which series it is.
    """
    lags = _lags()
    if series and series not in lags:
        raise OibError(f"no series {series!r}; there are {', '.join(lags)}")
    named, stated = name_says(folder)
    if not series and not named:
        raise SourceError([_nameless(folder, file, list(lags))])
    series = series or named
    stated = str(edition or stated)
    year = int(stated) if YEAR.fullmatch(stated) else 0
    lag = lags[series]
    if edition and lag and not year:
        raise OibError(f"--edition {edition}: expected a year, as 2022: {series} comes out yearly")
    years = (year - lag, year - lag) if year and lag else (1900, year or 2200)
    names = [file] if file else data_files(folder)
    return Release.model_construct(
        release=folder.name,
        publisher="",
        series=series,
        edition=year or stated,
        data_years=years,
        licence="",
        source="",
        retrieved=date.min,
        synthetic=False,
        files={name: sha256(folder / name) for name in names},
        folder=folder,
    )


def name_says(folder: Path) -> tuple[str, str]:
    """Series and edition that a folder is named for; blank where it names no series."""
    plain = folder.name.removeprefix("sample-")
    named = [name for name in _lags() if plain.startswith((name, name.replace("_", "-")))]
    return max(named, key=len, default=""), plain.rpartition("-")[2] if named else ""


def at_odds(
    folder: Path, series: str, edition: int | str, release: Release | None
) -> list[Problem]:
    """A series or edition given that the manifest, or else the folder's name, has otherwise.

    ``release`` is what a manifest declares; None where there is none.
    """
    if release is not None:
        says, of = (release.series, str(release.edition)), "the manifest"
    else:
        named, year = name_says(folder)
        says, of = (named, year if YEAR.fullmatch(year) else ""), "the folder's name"
    options = (("series", series), ("edition", str(edition)))
    return [
        Problem(
            release=folder.name,
            found=f"--{option} {given} for a folder of which {of} says {option} {said}",
            expected=f"one {option}",
            todo=f"Leave --{option} out if {of} is right; if it is not, correct it.",
        )
        for (option, given), said in zip(options, says, strict=True)
        if given and said and given != said
    ]


def _lags() -> dict[str, int]:
    return {row["series"]: int(row["edition_lag"]) for row in read_layout_table("series")}


def _nameless(folder: Path, file: str, series: list[str]) -> Problem:
    known = ", ".join(series)
    if file:
        return Problem(
            release=folder.name,
            file=file,
            found=f"no release.yml beside it, and a folder named {folder.name!r}",
            expected=f"a series ({known})",
            todo=f"Say which: `oib inspect {file} --series {series[0]} --edition 2022`.",
        )
    return Problem(
        release=folder.name,
        found=f"a folder named {folder.name!r} without a manifest",
        expected=f"a name that begins with a series ({known}), or a manifest",
        todo="Say `--series` and `--edition`, rename the folder, or complete "
        "`oib draft-manifest FOLDER`.",
    )
