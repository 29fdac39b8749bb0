"""Declared data years of which a file holds nothing, as problems."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.contract.absent_years import absent_years
from oib_pipeline.contract.errors import Problem
from oib_pipeline.extract.release import Release

LINE = ["file", "variable", "scope"]


def lost_years(release: Release, observations: pd.DataFrame) -> list[Problem]:
    """One problem a file, variable and scope that lacks declared years without a known reason.

    The same is checked once the release is loaded, and stops the run there.
    """
    first, last = release.data_years
    problems = []
    for line, rows in observations.groupby(LINE, observed=True, sort=True):
        file, variable, scope = (str(part) for part in line)
        known = absent_years().get((release.series, variable, scope), {})
        there = set(rows["year"].astype(int))
        lost = [year for year in range(first, last + 1) if year not in there and year not in known]
        if lost:
            problems.append(
                Problem(
                    release=release.release,
                    file=file,
                    found=f"no {variable} ({scope}) in {', '.join(map(str, lost))}",
                    expected=f"values in every declared data year, {first}-{last}",
                    todo="Read the file: rows may be lost. Where it has none, say why in "
                    "contract/absent_years.csv, or mend data_years in the manifest.",
                )
            )
    return problems
