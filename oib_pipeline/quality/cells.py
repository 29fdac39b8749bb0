"""Failing rows with the cells their values were read from."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

KEYS = ("precedence", "city_code", "year", "scope")
OUTPUT = ("primary_va_mcny", "secondary_va_mcny", "tertiary_va_mcny")
OUTPUT_SHARES = ("primary_share_pct", "secondary_share_pct", "tertiary_share_pct")
EMPLOYED = ("primary_employment_k", "secondary_employment_k", "tertiary_employment_k")
EMPLOYED_SHARES = ("primary_employment_pct", "secondary_employment_pct", "tertiary_employment_pct")

INPUTS: dict[str, tuple[str, ...]] = {
    "ais": (*OUTPUT, *OUTPUT_SHARES),
    "theil": (*OUTPUT, *OUTPUT_SHARES, *EMPLOYED, *EMPLOYED_SHARES),
    "ln_gdp_per_capita": ("gdp_per_capita_cny", "gdp_mcny", "population_resident_k"),
    "population_density": ("population_resident_k", "population_registered_k", "area_km2"),
    "land_marketization": ("land_granted_market_ha", "land_granted_ha"),
    "enterprise_density": ("industrial_enterprises_n", "construction_land_km2"),
    "road_area_per_capita": ("road_area_per_capita_m2", "road_area_km2"),
}


def with_cells(
    failing: pd.DataFrame, cells: pd.DataFrame | None, inputs: Sequence[str]
) -> pd.DataFrame:
    """The rows with a column ``cells``: variable, release, file, sheet and cell of each input.

    Parameters
    ----------
    failing
        Rows with some of precedence, city_code, year and scope.
    cells
        Rows of ``core_sources``; only chosen ones count. They must be unambiguous in the key
        columns that ``failing`` lacks: pass those of one precedence and scope.
    inputs
        Contract variables that explain the rows.
    """
    if cells is None or failing.empty or not inputs:
        return failing
    on = [name for name in KEYS if name in failing and name in cells]
    wanted = cells[cells["variable"].isin(inputs) & cells["chosen"].astype(bool)]
    if not on or wanted.empty:
        return failing
    wanted = wanted.merge(failing[on].drop_duplicates(), on=on)
    text = wanted["variable"] + ": " + places(wanted)
    joined = text.groupby([wanted[name] for name in on], sort=True).agg("; ".join)
    return failing.merge(joined.rename("cells").reset_index(), on=on, how="left")


def places(rows: pd.DataFrame) -> pd.Series:
    """Release, file, sheet and cell of each row as people say it."""
    sheet = rows["sheet"].fillna("").astype(str)
    sheet = sheet.where(sheet == "", ", sheet " + sheet)
    release, file = rows["release"].astype(str), rows["file"].astype(str)
    return release + "/" + file + sheet + ", " + rows["cell"].astype(str)
