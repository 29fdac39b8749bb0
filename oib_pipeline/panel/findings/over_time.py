"""Findings between one year and the next: jumps, and values that do not change at all."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from oib_pipeline.contract.variables import bundles
from oib_pipeline.panel.candidates import PLACE, digits, place
from oib_pipeline.panel.findings.rules import WHERE, Rule, findings_of

ITEM = [*WHERE, "variable"]
ITEM_ONLY = ["city_code", "scope", "variable"]
REACH = 3  # years; beyond it the year before tells little
ENOUGH = 15  # cities from which a median is trusted


def level_jump(chosen: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Levels that leave the usual growth of all cities by more than a factor, or vanish.

    Held against the nearest year before, at most three ago; over g years the factor may be its
    limit to the power sqrt(g). What is usual is the median over the cities of the same two years.
    """
    rows = _with_year_before(chosen, rule)
    rows = rows[(rows["value"] >= 0) & (rows["last"] >= 0)]
    logs = {name: np.log(rows[name].where(rows[name] > 0)) for name in ("value", "last")}
    ratio = logs["value"] - logs["last"]
    usual = _usual(rows, ratio)
    appears = (rows["value"] > 0) != (rows["last"] > 0)
    ends = np.where(rows["value"] > 0, np.inf, 0.0)
    rows = rows.assign(
        factor=np.exp(ratio).where(~appears, ends),
        usual=np.exp(usual),
        about=rows["last"] * np.exp(usual),
    )
    far = (ratio - usual).abs() > np.log(rule.limit) * np.sqrt(rows["gap"])
    rows = rows[far | appears]
    message = (
        "{variable} is {factor:.2f} times the {last:g} of {before} ({last_place}), usual is "
        "{usual:.2f} ({place})"
    )
    return findings_of(rows, "about {about:.6g}", message)


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
    return findings_of(rows, "growth near {growth_level:.1%}", message)


def share_jump(chosen: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Shares that move by more than some points from the nearest year before, as levels do."""
    rows = _with_year_before(chosen, rule)
    allowed = rule.limit * np.sqrt(rows["gap"])
    rows = rows.assign(allowed=allowed)[(rows["value"] - rows["last"]).abs() > allowed]
    message = "{variable} moves from {last:.4g} in {before} ({last_place}) to {value:.4g} ({place})"
    return findings_of(rows, "within {allowed:.3g} of {last:.4g}", message)


def structure_jump(indices: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Computed shares of output that move by more than a limit from one year to the next."""
    long = indices.melt(WHERE, list(rule.variables), "variable", "value").dropna(subset=["value"])
    rows = _with_last_year(long, rule)
    rows = rows[(rows["value"] - rows["last"]).abs() > rule.limit].assign(limit=rule.limit)
    message = "{variable} moves from {last:.4g} to {value:.4g} (computed)"
    return findings_of(rows, "within {limit:g} of {last:.4g}", message)


def spike(chosen: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Levels that leave a quiet series for one year: both neighbours agree, the value does not."""
    rows = _with_last_year(chosen, rule)
    following = rows[[*ITEM, "value"]].rename(columns={"value": "next"})
    rows = rows.merge(following.assign(year=following["year"] - 1), on=ITEM, how="inner")
    mean = (rows["last"] + rows["next"]) / 2
    quiet = (rows["next"] - rows["last"]).abs() <= rule.limit / 2 * mean
    rows = rows.assign(mean=mean)[quiet & ((rows["value"] - mean).abs() > rule.limit * mean)]
    message = "{variable} is {value:g} between {last:g} and {next:g} in the years beside ({place})"
    return findings_of(rows, "about {mean:g}", message)


def repeated_value(chosen: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Values equal to last year's to the last digit, where enough digits are printed."""
    rows = _with_last_year(chosen, rule)
    rows = rows[rows["value"] == rows["last"]]
    rows = rows[digits(rows["text"]) >= rule.limit]
    return findings_of(
        rows, "another value than {last:g}", "{variable} repeats last year's ({place})"
    )


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
            findings_of(whole, "other shares", "all of {variable} repeat last year's ({place})")
        )
    return pd.concat(frames)


def _with_year_before(rows: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Rows of the rule's variables beside the nearest year before that is at most three ago."""
    mine = rows[rows["variable"].isin(rule.variables)].sort_values([*ITEM_ONLY, "year"])
    mine = mine.assign(place=place(mine))
    earlier = mine.groupby(ITEM_ONLY, sort=False)[["value", "year", "place"]].shift(1)
    earlier = earlier.rename(columns={"value": "last", "year": "before", "place": "last_place"})
    mine = mine.join(earlier)
    mine["gap"] = mine["year"] - mine["before"]
    return mine[mine["gap"] <= REACH].astype({"before": "int64"})


def _usual(rows: pd.DataFrame, ratio: pd.Series) -> pd.Series:
    """Median log ratio over the cities of the same two years; 0 where they are too few to tell."""
    block = [rows[name] for name in ("variable", "scope", "year", "before")]
    grouped = ratio.groupby(block)
    return grouped.transform("median").where(grouped.transform("count") >= ENOUGH, 0.0)


def _with_last_year(rows: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Rows of the rule's variables beside the value of the year before, keyed by year."""
    mine = rows[rows["variable"].isin(rule.variables)]
    last = mine[[*ITEM, "value"]].rename(columns={"value": "last"})
    return mine.merge(last.assign(year=last["year"] + 1), on=ITEM, how="inner")
