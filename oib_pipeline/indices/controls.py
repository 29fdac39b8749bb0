"""Control variables of a city-year, each from figures of one scope."""

from __future__ import annotations

import numpy as np
import pandas as pd


def ln_gdp_per_capita(city_year: pd.DataFrame) -> pd.Series:
    """Log of GDP per head in yuan: as printed, else GDP over resident population."""
    derived = _ratio(city_year["gdp_mcny"], city_year["population_resident_k"], 1000.0)
    per_head = city_year["gdp_per_capita_cny"].fillna(derived)
    return pd.Series(np.log(per_head.where(per_head > 0)), index=city_year.index)


def population_density(city_year: pd.DataFrame) -> pd.Series:
    """Residents per square kilometre of land."""
    return _ratio(city_year["population_resident_k"], city_year["area_km2"], 1000.0)


def land_marketization(city_year: pd.DataFrame) -> pd.Series:
    """Land granted by auction, tender or listing over all land granted, 0-1.

    The paper defines the name with the words of agglomeration, a slip; this is what the name
    means in the literature on China's land market.
    """
    return _ratio(city_year["land_granted_market_ha"], city_year["land_granted_ha"], 1.0)


def enterprise_density(city_year: pd.DataFrame) -> pd.Series:
    """Industrial enterprises per square kilometre of urban construction land."""
    return _ratio(city_year["industrial_enterprises_n"], city_year["construction_land_km2"], 1.0)


def road_area_per_capita(city_year: pd.DataFrame) -> pd.Series:
    """Paved road area per head in square metres: as printed, else area over residents."""
    derived = _ratio(city_year["road_area_km2"], city_year["population_resident_k"], 1000.0)
    return city_year["road_area_per_capita_m2"].fillna(derived)


def _ratio(above: pd.Series, below: pd.Series, scale: float) -> pd.Series:
    return scale * above / below.where(below > 0)
