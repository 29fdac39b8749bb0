"""Profiles written into the folder of a study's report, with the index that leads to them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from oib_pipeline.profiles.comparisons import Comparisons
from oib_pipeline.profiles.inputs import ProfileInputs
from oib_pipeline.profiles.page import compose
from oib_pipeline.report.cities import INDEX, cities_page
from oib_pipeline.report.html import page

OWN = re.compile(r"\d{6}\.html")


def write_profiles(inputs: ProfileInputs, folder: Path, codes: Iterable[str] = ()) -> list[Path]:
    """Write ``<code>.html`` for some cities of the study, and the index of all.

    The same inputs give the same bytes. Pages of cities that are not in the sample are removed.

    Parameters
    ----------
    folder : Path
        Made if it is not there; ``cities`` of the report's folder, so that links arrive.
    codes
        Cities to write; others of the sample keep the page they have. All by default.

    Returns
    -------
    list of Path
        The pages written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sample, comparisons = inputs.cities, Comparisons(inputs)
    wanted = set(codes) & set(sample) if codes else set(sample)
    written = []
    for code in sorted(wanted):
        path = folder / f"{code}.html"
        path.write_bytes(page(compose(inputs, comparisons, code)).encode())
        written.append(path)
    for other in sorted(path for path in folder.iterdir() if OWN.fullmatch(path.name)):
        if other.stem not in sample:
            other.unlink()
    made = {path.stem for path in folder.iterdir() if OWN.fullmatch(path.name)}
    (folder / INDEX).write_bytes(cities_page(inputs.report, made).encode())
    return written
