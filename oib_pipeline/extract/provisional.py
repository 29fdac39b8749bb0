"""A stand-in for a manifest that is still to be written."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from oib_pipeline.contract.errors import OibError, Problem, SourceError
from oib_pipeline.extract.layout_tables import read_layout_table
from oib_pipeline.extract.release import Release, data_files, sha256


def provisional(folder: Path, series: str = "", edition: int | str = "", file: str = "") -> Release:
    """What a folder's files are, by what is given and else by the folder's name.

    Raises
    ------
    OibError
        For a series that is not known.
    SourceError
        Where neither says which series it is.
    """
    lags = {row["series"]: int(row["edition_lag"]) for row in read_layout_table("series")}
    if series and series not in lags:
        raise OibError(f"no series {series!r}; there are {', '.join(lags)}")
    plain = folder.name.removeprefix("sample-")
    named = [name for name in lags if plain.startswith((name, name.replace("_", "-")))]
    if not series and not named:
        raise SourceError([_nameless(folder, file, list(lags))])
    series = series or max(named, key=len)
    stated = str(edition or plain.rpartition("-")[2])
    year = int(stated) if re.fullmatch(r"(19|20)\d\d", stated) else 0
    lag = lags[series]
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
