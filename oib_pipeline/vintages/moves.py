"""How far each estimate moved between two vintages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oib_pipeline.vintages.state import ESTIMATE

if TYPE_CHECKING:
    import pandas as pd

SAME = 1e-9  # relative to the error: below it nothing a person could see


def moves(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Every estimate of either vintage with its old and new numbers.

    Returns
    -------
    DataFrame
        result, model, outcome, term; ``was``, ``was_se``, ``was_p``, ``now``, ``now_se``,
        ``now_p``; ``moved`` (now - was) and ``moved_se`` (over the old standard error);
        ``change``: same, moved, added or removed.
    """
    names = {"estimate": "", "se": "_se", "p": "_p"}
    both = before[[*ESTIMATE, *names]].merge(
        after[[*ESTIMATE, *names]], on=ESTIMATE, how="outer", indicator=True, suffixes=("_a", "_b")
    )
    for column, suffix in names.items():
        both[f"was{suffix}"], both[f"now{suffix}"] = both[f"{column}_a"], both[f"{column}_b"]
    both["moved"] = both["now"] - both["was"]
    both["moved_se"] = both["moved"] / both["was_se"].where(both["was_se"] > 0)
    both["change"] = (
        both["_merge"]
        .map({"left_only": "removed", "right_only": "added", "both": "moved"})
        .astype("object")
    )
    both.loc[(both["_merge"] == "both") & ~_differ(both), "change"] = "same"
    sides = [f"{side}{suffix}" for side in ("was", "now") for suffix in names.values()]
    return both[[*ESTIMATE, *sides, "moved", "moved_se", "change"]].sort_values(
        ESTIMATE, kind="stable", ignore_index=True
    )


def _differ(both: pd.DataFrame) -> pd.Series:
    """Whether estimate, error or p differ, or one of them is defined on one side only."""
    differ = both["moved"].abs() > SAME * both["was_se"].fillna(both["was"].abs())
    for suffix in ("_se", "_p"):
        old, new = both[f"was{suffix}"], both[f"now{suffix}"]
        differ |= (new - old).abs() > SAME * old.abs()
    for suffix in ("", "_se", "_p"):
        differ |= both[f"was{suffix}"].isna() != both[f"now{suffix}"].isna()
    return differ
