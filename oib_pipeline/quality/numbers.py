"""Small array helpers of the checks: plain numbers, agreement, unit factors."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oib_pipeline.contract.units import factor
from oib_pipeline.contract.variables import variables

PLAIN = r"[-+]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?(?:[eE][-+]?\d+)?"


def plain_numbers(text: pd.Series) -> pd.Series:
    """The number where a text is a plain one (thousands commas, full width), else NaN."""
    narrow = text.str.normalize("NFKC").str.strip()
    digits = narrow.where(narrow.str.fullmatch(PLAIN), "").str.replace(",", "", regex=False)
    return pd.to_numeric(digits, errors="coerce").astype("float64")


def agree(left: pd.Series, right: pd.Series, tolerance: float = 1e-9) -> pd.Series:
    """Whether two columns agree up to a relative difference; two missing values do."""
    a = pd.to_numeric(left, errors="coerce").to_numpy(dtype="float64")
    b = pd.to_numeric(right, errors="coerce").to_numpy(dtype="float64")
    return pd.Series(np.isclose(a, b, rtol=tolerance, atol=1e-12, equal_nan=True), left.index)


def factors(variable: pd.Series, unit: pd.Series) -> pd.Series:
    """What a value in the stated unit is multiplied by; NaN where the unit is not known."""
    both = pd.DataFrame({"variable": variable, "unit": unit})
    number = both.groupby(["variable", "unit"], dropna=False, sort=False).ngroup()
    pairs = both.assign(number=number).drop_duplicates("number").set_index("number")
    known = variables()
    found = {
        place: factor(name, stated) if name in known and pd.notna(stated) else None
        for place, name, stated in pairs.itertuples(name=None)
    }
    return number.map(pd.Series(found, dtype="float64")).astype("float64")
