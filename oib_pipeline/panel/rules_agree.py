"""Findings of figures of one city-year that should agree with one another and do not."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oib_pipeline.contract.variables import bundles
from oib_pipeline.panel.rules import WHERE, Rule, found

ENOUGH = 15  # cities from which a median is trusted
PRINTED = {"value_added": "output_shares", "employment": "employment_shares"}


def gdp_per_head(chosen: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """GDP per head as printed far from GDP over people, by the population the rule names.

    Further populations of the rule are preferred to it: where one is there, that row's rule judges.
    """
    per_head, gdp, people, *preferred = rule.variables
    rows = _beside(chosen, [per_head, gdp, people])
    better = chosen.loc[chosen["variable"].isin(preferred), WHERE]
    seen = pd.MultiIndex.from_frame(better)
    rows = rows[~pd.MultiIndex.from_frame(rows[WHERE]).isin(seen)].assign(people=people)
    rows["ratio"] = 1000 * rows[gdp] / rows[people]
    far = np.log(rows["value"] / rows["ratio"]).abs() > np.log1p(rule.limit)
    message = "GDP per head is {value:g} yuan, GDP over {people} {ratio:.0f} ({place})"
    return found(rows[far], "{ratio:.0f}", message)


def populations_apart(chosen: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Two counts of the same people that differ by more than a factor."""
    one, other = rule.variables
    rows = _beside(chosen, [one, other])
    rows = rows.assign(other=other, ratio=rows[one] / rows[other], against=rows[other])
    far = rows[np.log(rows["ratio"]).abs() > np.log(rule.limit)]
    message = "{variable} is {value:g}, {ratio:.2f} times {other}, {against:g} ({place})"
    return found(far, "near {against:g}", message)


def road_area(chosen: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Road area far from what people and road area per head make it, cities compared.

    Publishers count people of the built-up area: what is judged is a city's departure from the
    median of its block.
    """
    road, people, *per_head = rule.variables
    rows = _beside(chosen, [road, people, *per_head], zero=True)
    base = rows[[people, *per_head]].prod(axis=1)
    ratio = rows[road] / base
    block = ratio.groupby([rows["scope"], rows["year"]])
    usual = block.transform("median").where(block.transform("size") >= ENOUGH)
    of = " x ".join([people, *per_head])
    rows = rows.assign(times=ratio / usual, about=usual * base, of=of)
    far = rows[(rows["times"] > rule.limit) | (rows["times"] < 1 / rule.limit)]
    message = "{variable} is {value:g}, {times:.2f} times what {of} makes usual ({place})"
    return found(far, "about {about:.4g}", message)


def share_against_levels(chosen: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Printed shares unlike those that the printed levels make; the limit is in points."""
    frames = []
    for levels in rule.variables:
        names = bundles()[levels]
        parts = chosen[chosen["variable"].isin(names)]
        sums = parts.groupby(WHERE)["value"].agg(["sum", "size"]).reset_index()
        sums = sums[(sums["size"] == len(names)) & (sums["sum"] > 0)]
        pair = dict(zip(names, bundles()[PRINTED[levels]], strict=True))
        made = parts.assign(variable=parts["variable"].map(pair)).merge(sums, on=WHERE)
        made["made"] = 100 * made["value"] / made["sum"]
        printed = chosen[chosen["variable"].isin(pair.values())]
        rows = printed.merge(made[[*WHERE, "variable", "made"]], on=[*WHERE, "variable"])
        rows = rows[(rows["value"] - rows["made"]).abs() > rule.limit + rows["half"]]
        message = "{variable} is {value:.4g}, the levels make it {made:.4g} ({place})"
        frames.append(found(rows, "{made:.4g}", message))
    return pd.concat(frames)


def _beside(chosen: pd.DataFrame, names: list[str], zero: bool = False) -> pd.DataFrame:
    """Rows of the first variable that hold the others too, each in a column of its name.

    All above zero; the first may be zero where ``zero`` says so.
    """
    rows = chosen[chosen["variable"] == names[0]]
    rows = rows.assign(**{names[0]: rows["value"]})
    for name in names[1:]:
        other = chosen.loc[chosen["variable"] == name, [*WHERE, "value"]]
        rows = rows.merge(other.rename(columns={"value": name}), on=WHERE)
    above = (rows[names] > 0).all(axis=1)
    return rows[above | ((rows[names[1:]] > 0).all(axis=1) & rows[names[0]].eq(0) & zero)]
