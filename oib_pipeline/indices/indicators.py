"""Every index and control, each declared once by a decorated function.

To add one, write its function at the end of this file and name it in a study file. It is passed
rows of ``core_city_year`` that hold its declared inputs and nothing else, so what is declared
cannot fall short of what is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oib_pipeline.contract.tables import Column
from oib_pipeline.indices.declaration import (
    COMPUTED,
    INDICATORS,
    SECTORS,
    Composition,
    Computed,
    Formula,
    Indicator,
    add,
    indicator,
    reason,
)

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from oib_pipeline.indices.structure import SectorShares

__all__ = ["COMPUTED", "EMPLOYMENT", "INDICATORS", "OUTPUT"]

OUTPUT = Composition(
    part="output",
    symbol="y",
    levels="value_added",
    printed="output_shares",
    level="value added",
    level_zh="增加值",
    columns=tuple(f"{sector}_share" for sector in SECTORS),
    basis="share_basis",
)
EMPLOYMENT = Composition(
    part="employment",
    symbol="l",
    levels="employment",
    printed="employment_shares",
    level="employment",
    level_zh="从业人员",
    columns=tuple(f"{sector}_employment_share" for sector in SECTORS),
    basis="employment_basis",
)
STRUCTURE = "industrial structure"
AIS = "y₁ + 2 y₂ + 3 y₃"
THEIL = "Σ yᵢ ln(yᵢ / lᵢ)"


def _shares(rows: pd.DataFrame, composition: Composition) -> SectorShares:
    from oib_pipeline.indices.structure import SectorShares

    return SectorShares(rows, composition)


def _ratio(above: pd.Series, below: pd.Series, scale: float = 1.0) -> pd.Series:
    return scale * above / below.where(below > 0)


def _declare(composition: Composition) -> None:
    """Declare the three shares of a composition and the bundle they were taken from."""
    part, inputs = composition.part, composition.inputs
    for place, (sector, low, zh) in enumerate(zip(SECTORS, "₁₂₃", "一二三", strict=True)):

        def share(rows: pd.DataFrame, place: int = place) -> np.ndarray:
            return _shares(rows, composition).parts[:, place]

        name = sector.capitalize()
        comment = f"{name} sector, share of {part} (0-1)"
        add(
            Indicator(
                name=composition.columns[place],
                column=Column("DOUBLE", comment, {"min": 0, "max": 1}),
                inputs=inputs,
                compute=share,
                formulas=composition.formulas(f"{composition.symbol}{low}"),
                label=f"{name} sector in {part}",
                label_zh=f"第{zh}产业{composition.level_zh}比重",
                short=f"{name} share" if part == "output" else f"{name} {part} share",
                unit="share 0 to 1",
                definition=f"{composition.level.capitalize()} of the {sector} sector over that of "
                "all three",
                topic=STRUCTURE,
            )
        )
    comment = f"Bundle the {part} shares were taken from"
    column = Column("VARCHAR", comment, {"in": [composition.levels, composition.printed]})

    def basis(rows: pd.DataFrame) -> pd.Series:
        return _shares(rows, composition).basis()

    add(Computed(composition.basis, column, inputs, basis))


_declare(OUTPUT)
_declare(EMPLOYMENT)


@indicator(
    *OUTPUT.formulas(f"AIS = {AIS}, y"),
    label="Advanced industrial structure",
    label_zh="产业结构高级化",
    short="AIS",
    unit="index 1 to 3",
    bounds=(1, 3),
    definition=f"{AIS} with y the shares of the three sectors in output; 3 is an economy of "
    "services alone",
    equation=AIS,
    where="with y₁, y₂, y₃ the shares of the primary, secondary and tertiary sector in output.",
    reading="AIS runs from 1 to 3 and rises as output moves from farming to industry and on to "
    "services.",
    better="higher",
    improvement="a structure with more weight on services",
    topic=STRUCTURE,
)
def ais(rows: pd.DataFrame) -> np.ndarray:
    """Advanced industrial structure, y1 + 2 y2 + 3 y3, in 1-3."""
    from oib_pipeline.indices import structure

    return structure.ais(_shares(rows, OUTPUT).parts)


@reason("ais")
def ais_reason(rows: pd.DataFrame) -> pd.Series:
    """What the shares of output lack."""
    return _shares(rows, OUTPUT).reason()


@indicator(
    *OUTPUT.formulas(f"Theil = {THEIL}, y"),
    *EMPLOYMENT.formulas(),
    label="Mismatch of output and employment (Theil index)",
    label_zh="产业结构合理化(泰尔指数)",
    short="Theil",
    unit="index from 0",
    bounds=(0, None),
    definition=f"{THEIL} with y the output and l the employment shares of the three sectors; 0 is "
    "a balanced structure",
    equation=THEIL,
    where="with y₁, y₂, y₃ the sectors’ shares in output and l₁, l₂, l₃ those in employment. A "
    "sector without output adds nothing; one with output and no employment leaves the index "
    "undefined, and it is then missing with that reason.",
    reading="Theil is 0 where each sector has the same share of output as of employment, and "
    "larger the less they match.",
    better="lower",
    improvement="output and employment better in balance across sectors",
    topic=STRUCTURE,
)
def theil(rows: pd.DataFrame) -> np.ndarray:
    """Theil index, sum of y ln(y / l), 0 is balanced."""
    from oib_pipeline.indices import structure

    return structure.theil(_shares(rows, OUTPUT).parts, _shares(rows, EMPLOYMENT).parts)


@reason("theil")
def theil_reason(rows: pd.DataFrame) -> pd.Series:
    """What the shares of output or employment lack, or why the sum is undefined."""
    import numpy as np

    output, employed = (_shares(rows, one).reason() for one in (OUTPUT, EMPLOYMENT))
    missing = output.str.cat(employed, sep="; ").fillna(output).fillna(employed)
    undefined = missing.isna() & np.isnan(theil(rows))
    return missing.mask(undefined, "employment: a sector with output has no employment")


@indicator(
    Formula("ln(GDP per head as printed)", ("gdp_per_capita_cny",)),
    Formula("ln(1000 × GDP / resident population)", ("gdp_mcny", "population_resident_k")),
    label="Economic development",
    label_zh="人均地区生产总值(对数)",
    short="ln GDP per head",
    unit="log of yuan",
    bounds=(5.2, 13.9),
    definition="Natural logarithm of gross regional product per head at current prices",
)
def ln_gdp_per_capita(rows: pd.DataFrame) -> pd.Series:
    """Log of gross regional product per head, yuan."""
    import numpy as np

    derived = _ratio(rows["gdp_mcny"], rows["population_resident_k"], 1000.0)
    per_head = rows["gdp_per_capita_cny"].fillna(derived)
    return np.log(per_head.where(per_head > 0))


@indicator(
    Formula("1000 × resident population / land area", ("population_resident_k", "area_km2")),
    label="Population density",
    label_zh="人口密度",
    unit="residents per km²",
    bounds=(0.01, 100000),
    definition="Resident population over land area",
)
def population_density(rows: pd.DataFrame) -> pd.Series:
    """Residents per square kilometre."""
    return _ratio(rows["population_resident_k"], rows["area_km2"], 1000.0)


@indicator(
    Formula(
        "land granted by auction, tender or listing / all land granted",
        ("land_granted_market_ha", "land_granted_ha"),
    ),
    label="Land marketization",
    label_zh="土地市场化",
    unit="share 0 to 1",
    bounds=(0, 1),
    definition="Land granted by auction, tender or listing over all land granted",
)
def land_marketization(rows: pd.DataFrame) -> pd.Series:
    """Land granted by auction, tender or listing over all land granted (0-1).

    This is what the name means in the literature on China's land market.
    """
    return _ratio(rows["land_granted_market_ha"], rows["land_granted_ha"])


@indicator(
    Formula(
        "industrial enterprises / urban construction land",
        ("industrial_enterprises_n", "construction_land_km2"),
    ),
    label="Agglomeration of industrial enterprises",
    label_zh="工业企业集聚",
    short="Enterprise density",
    unit="enterprises per km²",
    bounds=(0, 10000),
    definition="Industrial enterprises above designated size over urban construction land",
)
def enterprise_density(rows: pd.DataFrame) -> pd.Series:
    """Industrial enterprises per square kilometre of urban construction land."""
    return _ratio(rows["industrial_enterprises_n"], rows["construction_land_km2"])


@indicator(
    Formula("road area per head as printed", ("road_area_per_capita_m2",)),
    Formula("1000 × road area / resident population", ("road_area_km2", "population_resident_k")),
    label="Infrastructure",
    label_zh="人均城市道路面积",
    short="Road area per head",
    unit="m² per head",
    bounds=(0, 150),
    definition="Paved urban road area per resident",
)
def road_area_per_capita(rows: pd.DataFrame) -> pd.Series:
    """Paved road area per head, square metres."""
    derived = _ratio(rows["road_area_km2"], rows["population_resident_k"], 1000.0)
    return rows["road_area_per_capita_m2"].fillna(derived)
