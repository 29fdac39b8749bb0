"""Half a unit in the last digit a source prints: what rounding alone can explain."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.contract.units import factor

LAST = r"^\s*[-+]?[\d,]*(?:[.](\d*))?\s*$"


def rounding(sources: pd.DataFrame) -> pd.Series:
    """Half of the last printed digit of each value, in contract units; 0 where not a plain number.

    Parameters
    ----------
    sources
        With ``variable``, ``stated_unit`` and ``text``.
    """
    pairs = sources[["variable", "stated_unit"]].drop_duplicates()
    factors = {pair: factor(*pair) or 0.0 for pair in pairs.itertuples(index=False, name=None)}
    keys = zip(sources["variable"], sources["stated_unit"], strict=True)
    scale = pd.Series([factors[key] for key in keys], index=sources.index, dtype="float64")
    text = sources["text"].fillna("").astype(str)
    decimals = text.str.extract(LAST)[0].fillna("").str.len()
    plain = text.str.fullmatch(LAST.strip("^$")) & text.str.contains(r"\d", regex=True)
    return (0.5 * 10.0 ** (-decimals.astype("float64")) * scale).where(plain, 0.0)


def digits(text: pd.Series) -> pd.Series:
    """Number of significant digits printed, leading and trailing zeros not counted."""
    plain = text.fillna("").astype(str).str.replace(r"[^\d]", "", regex=True)
    return plain.str.strip("0").str.len()


def place(rows: pd.DataFrame) -> pd.Series:
    """Release, file, sheet and cell of each row in words."""
    sheet = (", sheet " + rows["sheet"]).where(rows["sheet"].fillna("").ne(""), "")
    return rows["release"] + ": " + rows["file"] + sheet + ", " + rows["cell"]
