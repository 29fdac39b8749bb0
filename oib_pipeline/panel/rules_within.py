"""Findings inside one city-year: sums, ranges, scopes, figures that must agree."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.contract.variables import bundles, variables
from oib_pipeline.panel.candidates import PLACE
from oib_pipeline.panel.rules import WHERE, Rule, found

PER_HEAD_OR_SHARE = {"cny", "m2", "pct", "index"}


def out_of_range(chosen: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Values the contract does not allow."""
    known = variables()
    low = chosen["variable"].map({name: spec.min for name, spec in known.items()})
    high = chosen["variable"].map({name: spec.max for name, spec in known.items()})
    rows = chosen.assign(low=low, high=high)
    rows = rows[(rows["value"] < low) | (rows["value"] > high)]
    message = "{variable} is {value:g}, outside {low:g} to {high:g} ({place})"
    return found(rows, "{low:g} to {high:g}", message)


def parts_sum(chosen: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Bundles whose members do not add up to the total published beside them."""
    bundle, total = rule.variables
    parts = _bundle_sums(chosen, bundle)
    totals = chosen.loc[chosen["variable"] == total, [*WHERE, "value", "half"]]
    rows = parts.merge(totals, on=WHERE, suffixes=("", "_total"))
    allowed = rule.limit * rows["value_total"].abs() + rows["half"] + rows["half_total"]
    rows = rows[(rows["value"] - rows["value_total"]).abs() > allowed].assign(total=total)
    message = "the sectors of {variable} sum to {value:g}, {total} is {value_total:g} ({place})"
    return found(rows, "{value_total:g}", message)


def shares_sum(chosen: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """Printed shares that do not sum to 100."""
    frames = []
    for bundle in rule.variables:
        rows = _bundle_sums(chosen, bundle)
        rows = rows[(rows["value"] - 100).abs() > rule.limit + rows["half"]]
        frames.append(found(rows, "100", "{variable} sum to {value:g} ({place})"))
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
    return found(rows[rows["value"] > allowed], "at most {value_city:g}", message)


def ais_as_printed(chosen: pd.DataFrame, rule: Rule, indices: pd.DataFrame) -> pd.DataFrame:
    """AIS that a source prints unlike AIS computed here."""
    rows = chosen[chosen["variable"] == "ais_as_printed"].merge(indices[[*WHERE, "ais"]], on=WHERE)
    rows = rows[(rows["value"] - rows["ais"]).abs() > rule.limit + rows["half"]]
    message = "AIS is printed as {value:.4f} and computed as {ais:.4f} ({place})"
    return found(rows, "{ais:.4f}", message)


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
