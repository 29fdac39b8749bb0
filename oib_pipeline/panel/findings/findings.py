"""What looks wrong in the chosen values: kept, listed, each with a severity."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.panel.candidates import rounding
from oib_pipeline.panel.findings import missing, over_time, within_year
from oib_pipeline.panel.findings.rules import FOUND, Rule, rules

ON_VALUES = {
    "out_of_range": within_year.out_of_range,
    "value_added_sum": within_year.parts_sum,
    "employment_sum": within_year.parts_sum,
    "shares_sum": within_year.shares_sum,
    "districts_above_city": within_year.districts_above_city,
    "gdp_per_head": within_year.gdp_per_head,
    "populations_apart": within_year.populations_apart,
    "road_area": within_year.road_area,
    "share_against_levels": within_year.share_against_levels,
    "employment_jump": over_time.level_jump,
    "level_jump": over_time.level_jump,
    "share_jump": over_time.share_jump,
    "growth_gap": over_time.growth_gap,
    "spike": over_time.spike,
    "repeated_value": over_time.repeated_value,
    "repeated_bundle": over_time.repeated_bundle,
}

ON_HELD = {
    "hole": missing.hole,
    "series_ends": missing.series_ends,
    "series_begins": missing.series_begins,
    "blank_cell": missing.blank_cell,
    "copied_row": missing.copied_row,
    "copied_value": missing.copied_value,
    "odd_decimals": missing.odd_decimals,
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
    held = missing.Held(sources)
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
    rule: Rule, held: missing.Held, chosen: pd.DataFrame, indices: pd.DataFrame | None
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
        return within_year.ais_as_printed(chosen, rule, indices)
    return over_time.structure_jump(indices, rule)


def _labelled(found: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    return found.assign(rule=rule.rule, severity=rule.severity)
