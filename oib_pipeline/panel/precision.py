"""Half a unit in the last digit a source prints: what rounding alone can explain."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.contract.units import factor


def rounding(sources: pd.DataFrame) -> pd.Series:
    """Half a unit of the last printed digit of each value, in contract units.

    Parameters
    ----------
    sources
        With ``variable``, ``stated_unit`` and ``text``.
    """
    pairs = sources[["variable", "stated_unit"]].drop_duplicates()
    pairs["scale"] = [factor(*pair) or 0.0 for pair in pairs.itertuples(index=False, name=None)]
    scale = sources[["variable", "stated_unit"]].merge(pairs, how="left")["scale"]
    text = sources["text"].fillna("").astype(str).str.strip()
    point = text.str.find(".")
    decimals = (text.str.len() - point - 1).where(point >= 0, 0)
    return 0.5 * scale.set_axis(sources.index) / 10.0 ** decimals.astype("float64")


def digits(text: pd.Series) -> pd.Series:
    """Number of significant digits printed, leading and trailing zeros not counted."""
    plain = text.fillna("").astype(str).str.replace(r"[^\d]", "", regex=True)
    return plain.str.strip("0").str.len()


def place(rows: pd.DataFrame) -> pd.Series:
    """Release, file, sheet and cell of each row in words."""
    sheet = (", sheet " + rows["sheet"]).where(rows["sheet"].fillna("").ne(""), "")
    return rows["release"] + ": " + rows["file"] + sheet + ", " + rows["cell"]
