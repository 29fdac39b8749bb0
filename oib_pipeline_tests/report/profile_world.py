"""What profiles of two cities of the small made-up world are written from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import report_world as world

from oib_pipeline.registry.registry import read_case_notes
from oib_pipeline.report import ReportInputs
from oib_pipeline.report.cities.comparisons import ProfileInputs

PILOT, OTHER = "320300", "420300"
HOSTILE = "<b>x</b>\u202e龘"


def sources() -> pd.DataFrame:
    """Sector values and a conflict for two cities, each with a cell."""
    rows = []
    for code in (PILOT, OTHER):
        for year in world.study().year_list:
            names = ("primary_va_mcny", "secondary_va_mcny", "tertiary_va_mcny")
            for place, name in enumerate(names):
                rows.append((code, year, name, "sample-a", f"C{place + 2}", 100.0 + place, True))
            rows.append((code, year, names[0], "sample-b", "D9", 90.0, False))
    columns = ["city_code", "year", "variable", "release", "cell", "value", "chosen"]
    return pd.DataFrame(rows, columns=columns).assign(
        file="2-9.xlsx",
        sheet=HOSTILE,
        text=lambda rows: rows["value"].astype(str),
        stated_unit="万元",
        series="ccsy",
        edition="2015",
        correction="",
        reason=lambda rows: np.where(rows["chosen"], "only one", "an earlier edition"),
    )


def scores() -> pd.DataFrame:
    return world.scores().assign(outcome="ais", method="nearest", on_support=True)


def profile_inputs(report: ReportInputs | None = None) -> ProfileInputs:
    """Inputs of profiles, of a slim report where none is given."""
    notes = read_case_notes(
        world.DATA / "registry" / "case_notes.yml", set(world.registry().cities["city_code"])
    )
    given = report or world.inputs(sources=sources(), scores=scores())
    return ProfileInputs(given, world.panel(), notes)
