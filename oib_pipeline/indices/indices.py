"""The indices and control variables of each city, year and scope."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oib_pipeline.indices import controls
from oib_pipeline.indices.bases import Shares, sector_shares
from oib_pipeline.indices.structure import ais, theil

KEY = ["precedence", "city_code", "year", "scope"]
SECTORS = ("primary", "secondary", "tertiary")


def compute_indices(city_year: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``core_indices``, one for each row of ``core_city_year``, in its order.

    A row holds figures of one scope, so no ratio mixes whole-city and districts figures. AIS and
    Theil that cannot be had are NaN, with the reason beside them.
    """
    output = sector_shares(city_year, "value_added", "output_shares", "output")
    employed = sector_shares(city_year, "employment", "employment_shares", "employment")
    theil_values = theil(output.parts, employed.parts)
    columns: dict[str, object] = {name: city_year[name] for name in KEY}
    columns |= {f"{name}_share": output.parts[:, i] for i, name in enumerate(SECTORS)}
    columns["share_basis"] = output.basis
    columns |= {f"{name}_employment_share": employed.parts[:, i] for i, name in enumerate(SECTORS)}
    columns |= {
        "employment_basis": employed.basis,
        "ais": ais(output.parts),
        "ais_reason": output.reason,
        "theil": theil_values,
        "theil_reason": _theil_reason(output, employed, theil_values),
        "ln_gdp_per_capita": controls.ln_gdp_per_capita(city_year),
        "population_density": controls.population_density(city_year),
        "land_marketization": controls.land_marketization(city_year),
        "enterprise_density": controls.enterprise_density(city_year),
        "road_area_per_capita": controls.road_area_per_capita(city_year),
    }
    return pd.DataFrame(columns, index=city_year.index).reset_index(drop=True)


def _theil_reason(output: Shares, employed: Shares, values: np.ndarray) -> pd.Series:
    both = output.reason.str.cat(employed.reason, sep="; ")
    reason = both.fillna(output.reason).fillna(employed.reason)
    undefined = pd.Series(np.isnan(values), index=reason.index) & reason.isna()
    return reason.mask(undefined, "employment: a sector with output has no employment")
