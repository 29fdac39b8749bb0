"""What looks wrong in the chosen values: kept, listed, each with a severity."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.panel import rules_time, rules_within
from oib_pipeline.panel.precision import rounding
from oib_pipeline.panel.rules import FOUND, Rule, rules

ON_VALUES = {
    "out_of_range": rules_within.out_of_range,
    "value_added_sum": rules_within.parts_sum,
    "employment_sum": rules_within.parts_sum,
    "shares_sum": rules_within.shares_sum,
    "districts_above_city": rules_within.districts_above_city,
    "gdp_per_head": rules_within.gdp_per_head,
    "employment_jump": rules_time.level_jump,
    "level_jump": rules_time.level_jump,
    "share_jump": rules_time.share_jump,
    "growth_gap": rules_time.growth_gap,
    "spike": rules_time.spike,
    "repeated_value": rules_time.repeated_value,
    "repeated_bundle": rules_time.repeated_bundle,
}


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
    frames = [_labelled(_apply(rule, chosen, indices), rule) for rule in rules()]
    result = pd.concat(frames, ignore_index=True)
    precedence = sources["precedence"].iloc[0] if len(sources) else ""
    result.insert(0, "precedence", precedence)
    key = ["rule", "city_code", "year", "scope", "variable"]
    return result.sort_values(key, ignore_index=True)[_COLUMNS]


_COLUMNS = ["precedence", "rule", "severity", *FOUND]


def _apply(rule: Rule, chosen: pd.DataFrame, indices: pd.DataFrame | None) -> pd.DataFrame:
    if rule.rule in ON_VALUES:
        return ON_VALUES[rule.rule](chosen, rule)
    if rule.rule not in ("ais_as_printed", "structure_jump"):
        raise ValueError(f"rules.csv names the rule {rule.rule!r}; known are {sorted(ON_VALUES)}")
    if indices is None:
        return pd.DataFrame(columns=FOUND)
    if rule.rule == "ais_as_printed":
        return rules_within.ais_as_printed(chosen, rule, indices)
    return rules_time.structure_jump(indices, rule)


def _labelled(found: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    return found.assign(rule=rule.rule, severity=rule.severity)
