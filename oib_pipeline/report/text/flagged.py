"""Flagged values that the headline models use, and the headlines without them."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.document.format_numbers import decimals_for, fixed, interval
from oib_pipeline.report.document.labels import in_words, listing
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.tables.findings import departure
from oib_pipeline.report.text.headline import TREATMENT, Headline
from oib_pipeline.report.text.sample import HeadlineSample, headline_samples

NAMED = 3
DOUBTS = "_doubts"
NONE = "No value that the headline models use is flagged by a rule."


def flagged_sentence(inputs: ReportInputs) -> str:
    """How many city-years rest on a flagged value, the farthest, and the headlines without them.

    Empty where the panel does not name its doubts.
    """
    if not any(name.endswith(DOUBTS) for name in inputs.panel):
        return ""
    found = [(one, _flagged(one, inputs)) for one in headline_samples(inputs)]
    found = [(one, rows) for one, rows in found if len(rows)]
    if not found:
        return NONE
    counts: list[str] = []
    for one, rows in found:
        treated = int((rows["treated"] == 1).sum())
        under = f"{treated:,}" if counts else f"{treated:,} in cities under the policy"
        counts.append(f"{len(rows):,} for {one.head.words.short} ({under})")
    every = pd.concat([rows for _, rows in found]).drop_duplicates(["city_code", "year"])
    named = _farthest(found, inputs)
    most = (
        "; first those of the outcomes, farthest from what was expected: "
        if len(every) > len(named)
        else ": "
    )
    said = (
        f"Of the city-years used, {listing(counts)} rest on a value that a rule flags "
        f"([[findings-by-rule]]){most if named else ''}{listing(named)}."
    )
    return " ".join([said, *_without(found, inputs)])


def unflagged(head: Headline, inputs: ReportInputs) -> pd.Series | None:
    """The estimate of a headline's model without flagged values; None where it uses none."""
    frame = inputs.frame("unflagged")
    if frame.empty:
        return None
    rows = frame[(frame["outcome"] == head.outcome) & (frame["term"] == TREATMENT)]
    return None if rows.empty else rows.iloc[0]


def _flagged(one: HeadlineSample, inputs: ReportInputs) -> pd.DataFrame:
    """Rows of the panel that a headline uses and that rest on a flagged value, with its doubts."""
    frame = inputs.frame("baseline")
    own = frame[(frame["outcome"] == one.head.outcome) & (frame["model"] == one.head.model)]
    names = [one.head.outcome, *(name for name in own["term"] if name != TREATMENT)]
    marks = [f"{name}{DOUBTS}" for name in names if f"{name}{DOUBTS}" in inputs.panel]
    rows = inputs.panel if one.sample is None else one.sample.used
    doubts = rows[marks].fillna("").agg("; ".join, axis=1).str.strip("; ")
    outcome = rows[marks[0]].fillna("") if marks else ""
    return rows.assign(doubts=doubts, of_outcome=outcome)[doubts.ne("")]


def _without(found: list[tuple[HeadlineSample, pd.DataFrame]], inputs: ReportInputs) -> list[str]:
    """Each headline without its flagged values beside itself."""
    told, lacking = [], []
    for one, _ in found:
        head, row = one.head, unflagged(one.head, inputs)
        if row is None:
            continue
        if pd.isna(row["estimate"]):
            lacking.append(f"Without them {head.words.short} has no estimate: {row['note']}.")
            continue
        places = decimals_for(head.se)
        span = interval(float(row["ci_low"]), float(row["ci_high"]), places)
        told.append(
            f"{fixed(float(row['estimate']), places)} for {head.words.short} (95% interval {span}; "
            f"with them {fixed(head.estimate, places)})"
        )
    return [*([f"Without them the estimate is {listing(told)}."] if told else []), *lacking]


def _farthest(found: list[tuple[HeadlineSample, pd.DataFrame]], inputs: ReportInputs) -> list[str]:
    """City-years with a flagged figure, those farthest from what was expected, figures given.

    Figures of an outcome come before those of a control: they bear on the estimate itself.
    """
    findings = inputs.frame("findings")
    if findings.empty:
        return []
    columns = ["city_code", "year", "city", "doubts", "of_outcome"]
    keys = pd.concat([part[columns] for _, part in found])
    rows = findings.merge(keys, on=["city_code", "year"])
    doubt = rows["rule"] + ": " + rows["variable"]
    for column in ("doubts", "of_outcome"):
        pairs = zip(doubt, rows[column], strict=True)
        rows[column] = [one in text.split("; ") for one, text in pairs]
    rows = rows[rows["doubts"].astype(bool)]
    rows = rows.assign(_rank=~rows["of_outcome"].astype(bool), _size=-departure(rows))
    rows = rows.sort_values(["_rank", "_size", "city_code", "year"])
    rows = rows.drop_duplicates(["city_code", "year"]).head(NAMED)
    return [
        in_words(f"{row.city} {row.year} ({row.variable} {row.value:,.6g}, not {row.expected})")
        for row in rows.itertuples()
    ]
