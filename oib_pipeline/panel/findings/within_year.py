"""Sums, ranges, figures that must agree."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oib_pipeline.contract.variables import bundles, variables
from oib_pipeline.panel.candidates import PLACE
from oib_pipeline.panel.findings.rules import WHERE, Rule, findings_of

PER_HEAD_OR_SHARE = {"cny", "m2", "pct", "index"}


def out_of_range(chosen: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Values the contract does not allow."""
    known = variables()
    low = chosen["variable"].map({name: spec.min for name, spec in known.items()})
    high = chosen["variable"].map({name: spec.max for name, spec in known.items()})
    rows = chosen.assign(low=low, high=high)
    rows = rows[(rows["value"] < low) | (rows["value"] > high)]
    message = "{variable} is {value:g}, outside {low:g} to {high:g} ({place})"
    return findings_of(rows, "{low:g} to {high:g}", message)


def parts_sum(chosen: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Bundles whose members do not add up to the total published beside them."""
    bundle, total = rule.variables
    parts = _bundle_sums(chosen, bundle)
    totals = chosen.loc[chosen["variable"] == total, [*WHERE, "value", "half"]]
    rows = parts.merge(totals, on=WHERE, suffixes=("", "_total"))
    allowed = rule.limit * rows["value_total"].abs() + rows["half"] + rows["half_total"]
    rows = rows[(rows["value"] - rows["value_total"]).abs() > allowed].assign(total=total)
    message = "the sectors of {variable} sum to {value:g}, {total} is {value_total:g} ({place})"
    return findings_of(rows, "{value_total:g}", message)


def shares_sum(chosen: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Printed shares that do not sum to 100."""
    frames = []
    for bundle in rule.variables:
        rows = _bundle_sums(chosen, bundle)
        rows = rows[(rows["value"] - 100).abs() > rule.limit + rows["half"]]
        frames.append(findings_of(rows, "100", "{variable} sum to {value:g} ({place})"))
    return pd.concat(frames)


def districts_above_city(chosen: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Districts figures greater than the whole city's."""
    adds = [name for name, spec in variables().items() if spec.unit not in PER_HEAD_OR_SHARE]
    rows = chosen[chosen["variable"].isin(adds)]
    whole = rows.loc[rows["scope"] == "whole_city", [*WHERE[:2], "variable", "value", "half"]]
    rows = rows[rows["scope"] == "districts"].merge(
        whole, on=[*WHERE[:2], "variable"], suffixes=("", "_city")
    )
    allowed = (1 + rule.limit) * rows["value_city"] + rows["half"] + rows["half_city"]
    message = "{variable} of the districts is {value:g}, of the whole city {value_city:g} ({place})"
    return findings_of(rows[rows["value"] > allowed], "at most {value_city:g}", message)


def ais_as_printed(chosen: pd.DataFrame, rule: Rule, indices: pd.DataFrame) -> pd.DataFrame:
    """AIS that a source prints unlike AIS computed here."""
    rows = chosen[chosen["variable"] == "ais_as_printed"].merge(indices[[*WHERE, "ais"]], on=WHERE)
    rows = rows[(rows["value"] - rows["ais"]).abs() > rule.limit + rows["half"]]
    message = "AIS is printed as {value:.4f} and computed as {ais:.4f} ({place})"
    return findings_of(rows, "{ais:.4f}", message)


def _bundle_sums(chosen: pd.DataFrame, bundle: str) -> pd.DataFrame:
    """Sum of each whole bundle, with what rounding allows and the place of its first member."""
    names = bundles()[bundle]
    grouped = chosen[chosen["variable"].isin(names)].groupby(WHERE, sort=True)
    sums = grouped.agg(
        value=("value", "sum"),
        half=("half", "sum"),
        n=("value", "size"),
        **{name: (name, "first") for name in PLACE},
    )
    sums = sums[sums["n"] == len(names)].reset_index()
    return sums.assign(variable=bundle)


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
    return findings_of(rows[far], "{ratio:.0f}", message)


def populations_apart(chosen: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Two counts of the same people that differ by more than a factor."""
    one, other = rule.variables
    rows = _beside(chosen, [one, other])
    rows = rows.assign(other=other, ratio=rows[one] / rows[other], against=rows[other])
    far = rows[np.log(rows["ratio"]).abs() > np.log(rule.limit)]
    message = "{variable} is {value:g}, {ratio:.2f} times {other}, {against:g} ({place})"
    return findings_of(far, "near {against:g}", message)


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
    return findings_of(far, "about {about:.4g}", message)


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
        frames.append(findings_of(rows, "{made:.4g}", message))
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
