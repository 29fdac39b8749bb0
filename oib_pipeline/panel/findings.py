"""What looks wrong in the chosen values: kept, listed, each with a severity."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.panel import (
    rules_agree,
    rules_copied,
    rules_missing,
    rules_printed,
    rules_time,
    rules_within,
)
from oib_pipeline.panel.candidates import rounding
from oib_pipeline.panel.rules import FOUND, Rule, rules

ON_VALUES = {
    "out_of_range": rules_within.out_of_range,
    "value_added_sum": rules_within.parts_sum,
    "employment_sum": rules_within.parts_sum,
    "shares_sum": rules_within.shares_sum,
    "districts_above_city": rules_within.districts_above_city,
    "gdp_per_head": rules_agree.gdp_per_head,
    "populations_apart": rules_agree.populations_apart,
    "road_area": rules_agree.road_area,
    "share_against_levels": rules_agree.share_against_levels,
    "employment_jump": rules_time.level_jump,
    "level_jump": rules_time.level_jump,
    "share_jump": rules_time.share_jump,
    "growth_gap": rules_time.growth_gap,
    "spike": rules_time.spike,
    "repeated_value": rules_time.repeated_value,
    "repeated_bundle": rules_time.repeated_bundle,
}

ON_HELD = {
    "hole": rules_missing.hole,
    "series_ends": rules_missing.series_ends,
    "series_begins": rules_missing.series_begins,
    "blank_cell": rules_missing.blank_cell,
    "copied_row": rules_copied.copied_row,
    "copied_value": rules_copied.copied_value,
    "odd_decimals": rules_printed.odd_decimals,
}

ON_INDICES = ("ais_as_printed", "structure_jump")
KNOWN = {*ON_VALUES, *ON_HELD, *ON_INDICES}


def findings(sources: pd.DataFrame, indices: pd.DataFrame | None = None) -> pd.DataFrame:
    """Rows of ``core_findings``, sorted by rule and key.

    Parameters
    ----------
    sources
        Rows of ``core_sources`` of one precedence, all years of the cities in it.
    indices
        Rows of ``core_indices`` of the same precedence, for the rules on AIS and on computed
        shares; without it these are not tried.

    Raises
    ------
    ValueError
        When ``rules.csv`` names a rule that is not known here.
    """
    chosen = sources[sources["chosen"].astype(bool)]
    chosen = chosen.assign(half=rounding(chosen))
    held = rules_missing.Held(sources)
    frames = [_labelled(_apply(rule, held, chosen, indices), rule) for rule in rules()]
    result = _each_once(pd.concat(frames, ignore_index=True))
    precedence = sources["precedence"].iloc[0] if len(sources) else ""
    result = result.astype({"year": "int64"})
    result.insert(0, "precedence", precedence)
    return result.sort_values(KEY, ignore_index=True)[_COLUMNS]


KEY = ["rule", "city_code", "year", "scope", "variable"]
_COLUMNS = ["precedence", "rule", "severity", *FOUND]


def _each_once(rows: pd.DataFrame) -> pd.DataFrame:
    """One finding a rule and value; what several rows of the rule say stands in one message."""
    again = rows[rows.duplicated(KEY, keep=False)]
    if again.empty:
        return rows
    rows = rows.copy()
    rows.loc[again.index, "message"] = again.groupby(KEY)["message"].transform("; ".join)
    return rows.drop_duplicates(KEY, ignore_index=True)


def _apply(
    rule: Rule, held: rules_missing.Held, chosen: pd.DataFrame, indices: pd.DataFrame | None
) -> pd.DataFrame:
    if rule.rule in ON_VALUES:
        return ON_VALUES[rule.rule](chosen, rule)
    if rule.rule in ON_HELD:
        return ON_HELD[rule.rule](held, rule)
    if rule.rule not in ON_INDICES:
        raise ValueError(f"rules.csv names the rule {rule.rule!r}; known are {sorted(KNOWN)}")
    if indices is None:
        return pd.DataFrame(columns=FOUND)
    if rule.rule == "ais_as_printed":
        return rules_within.ais_as_printed(chosen, rule, indices)
    return rules_time.structure_jump(indices, rule)


def _labelled(found: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    return found.assign(rule=rule.rule, severity=rule.severity)
