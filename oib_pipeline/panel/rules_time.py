"""Findings between one year and the next: jumps, and values that do not change at all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from oib_pipeline.contract.variables import bundles
from oib_pipeline.panel.harmonise import PLACE
from oib_pipeline.panel.precision import digits
from oib_pipeline.panel.rules import WHERE, Rule, found

ITEM = [*WHERE, "variable"]


def level_jump(chosen: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Levels that grow or shrink by more than a factor from one year to the next, or vanish."""
    rows = _with_last_year(chosen, rule)
    high, low = rows[["value", "last"]].max(axis=1), rows[["value", "last"]].min(axis=1)
    rows = rows[(high > rule.limit * low) & (low >= 0)].assign(limit=rule.limit)
    rows["factor"] = (rows["value"] / rows["last"].where(rows["last"] > 0)).fillna(np.inf)
    expected = "within a factor of {limit:g} of {last:g}"
    return found(rows, expected, "{variable} is {factor:.2f} times last year's {last:g} ({place})")


def growth_gap(chosen: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """A figure per head that grows unlike the figure it is the ratio of."""
    per_head, level = (
        _with_last_year(chosen, replace(rule, variables=(name,))) for name in rule.variables
    )
    rows = per_head.merge(level[[*WHERE, "value", "last"]], on=WHERE, suffixes=("", "_level"))
    positive = (rows[["value", "last", "value_level", "last_level"]] > 0).all(axis=1)
    rows = rows[positive].assign(other=rule.variables[1])
    rows["growth"], rows["growth_level"] = (
        np.log(rows["value"] / rows["last"]),
        np.log(rows["value_level"] / rows["last_level"]),
    )
    rows = rows[(rows["growth"] - rows["growth_level"]).abs() > rule.limit]
    message = "{variable} grows by {growth:.1%}, {other} by {growth_level:.1%} (logs; {place})"
    return found(rows, "growth near {growth_level:.1%}", message)


def share_jump(chosen: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Shares that move by more than some points from one year to the next."""
    rows = _with_last_year(chosen, rule)
    rows = rows[(rows["value"] - rows["last"]).abs() > rule.limit].assign(limit=rule.limit)
    expected = "within {limit:g} of {last:g}"
    return found(rows, expected, "{variable} moves from {last:.4g} to {value:.4g} ({place})")


def structure_jump(indices: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Computed shares of output that move by more than a limit from one year to the next."""
    long = indices.melt(WHERE, list(rule.variables), "variable", "value").dropna(subset=["value"])
    return share_jump(long.assign(place="computed"), rule)


def spike(chosen: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Levels that leave a quiet series for one year: both neighbours agree, the value does not."""
    rows = _with_last_year(chosen, rule)
    following = rows[[*ITEM, "value"]].rename(columns={"value": "next"})
    rows = rows.merge(following.assign(year=following["year"] - 1), on=ITEM, how="inner")
    mean = (rows["last"] + rows["next"]) / 2
    quiet = (rows["next"] - rows["last"]).abs() <= rule.limit / 2 * mean
    rows = rows.assign(mean=mean)[quiet & ((rows["value"] - mean).abs() > rule.limit * mean)]
    message = "{variable} is {value:g} between {last:g} and {next:g} in the years beside ({place})"
    return found(rows, "about {mean:g}", message)


def repeated_value(chosen: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Values equal to last year's to the last digit, where enough digits are printed."""
    rows = _with_last_year(chosen, rule)
    rows = rows[rows["value"] == rows["last"]]
    rows = rows[digits(rows["text"]) >= rule.limit]
    return found(rows, "another value than {last:g}", "{variable} repeats last year's ({place})")


def repeated_bundle(chosen: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Printed shares of which all three equal last year's."""
    frames = []
    for bundle in rule.variables:
        members = replace(rule, variables=bundles()[bundle])
        rows = _with_last_year(chosen, members)
        rows = rows[rows["value"] == rows["last"]]
        grouped = rows.groupby(WHERE).agg(
            n=("value", "size"), **{name: (name, "first") for name in PLACE}
        )
        whole = grouped[grouped["n"] == len(members.variables)].reset_index()
        whole = whole.assign(variable=bundle, value=float("nan"))
        frames.append(
            found(whole, "other shares", "all of {variable} repeat last year's ({place})")
        )
    return pd.concat(frames)


def _with_last_year(rows: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Rows of the rule's variables beside the value of the year before, keyed by year."""
    mine = rows[rows["variable"].isin(rule.variables)]
    last = mine[[*ITEM, "value"]].rename(columns={"value": "last"})
    return mine.merge(last.assign(year=last["year"] + 1), on=ITEM, how="inner")
