"""The results that every study has: descriptive statistics, baseline, event study."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.contract.counting import noun
from oib_pipeline.report.blocks import Block, Formula, Notice, Section, Text
from oib_pipeline.report.figures.event_study import event_study_figure
from oib_pipeline.report.figures.pilots import pilots_figure
from oib_pipeline.report.figures.trends import trends_figure
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.labels import short, topic
from oib_pipeline.report.tables.baseline import baseline_table
from oib_pipeline.report.tables.descriptive import descriptive_table

SYNTHETIC = "Synthetic data with known true effects; no evidence about real cities."


def mark(inputs: ReportInputs) -> tuple[str, ...]:
    """The note that goes under every table made from synthetic data."""
    return (SYNTHETIC,) if inputs.synthetic else ()


def missing(inputs: ReportInputs, name: str, what: str, because: str = "") -> Notice:
    """What stands where a result is not there, for its own reason or the given one."""
    return Notice(f"{what} missing: {because.rstrip('.') or inputs.reason(name)}.")


def descriptive_section(inputs: ReportInputs) -> Section:
    """How the variables are spread, and how the two groups of cities moved."""
    blocks: list[Block] = []
    if inputs.has("descriptive"):
        blocks.append(descriptive_table(inputs.frame("descriptive"), notes=mark(inputs)))
    else:
        blocks.append(missing(inputs, "descriptive", "Descriptive statistics are"))
    blocks.append(trends_figure(inputs))
    drawn = [pilots_figure(inputs, outcome) for outcome in inputs.study.outcomes]
    one = inputs.called.one
    alone = (
        f"Here is the {one}"
        if inputs.n_treated == 1
        else f"A mean can hide that one or two {inputs.called.many} carry it. Here is each {one}"
    )
    matched = " and the cities it is matched with, where it has some" * inputs.has("scores")
    blocks += [
        Text(f"{alone} alone, beside the others of its region{matched}."),
        *(figure for figure in drawn if figure),
    ]
    return Section("descriptives", "The sample in numbers", tuple(blocks))


def baseline_section(inputs: ReportInputs) -> Section:
    """Each outcome without and with the study's controls."""
    called = inputs.called
    controls = " + controlsᵢₜ′ δ" if inputs.controls else ""
    blocks: list[Block] = [
        Text(
            f"Every model compares the change in {called.cities} with the change in the others, "
            "with an effect for each city and each year:"
        ),
        Formula(f"outcomeᵢₜ = β · {called.kind}ᵢ · afterₜ{controls} + cityᵢ + yearₜ + εᵢₜ"),
    ]
    if inputs.has("baseline"):
        blocks.append(
            baseline_table(
                inputs.frame("baseline"),
                inputs.panel,
                title=f"Effect of the {_policy(inputs)} on {topic(inputs.study.outcomes)}",
                called=called,
                notes=mark(inputs),
            )
        )
    else:
        blocks.append(missing(inputs, "baseline", "The baseline is"))
    return Section("effect", "The effect", tuple(blocks))


def _policy(inputs: ReportInputs) -> str:
    """The policy, by what its cities are called where the study has a noun for them."""
    treated = inputs.study.words.treated
    return f"{treated} policy" if treated else "policy"


def event_section(inputs: ReportInputs) -> Section:
    """Effects year by year against the year before the policy, a figure an outcome."""
    frame = inputs.frame("event_study")
    if frame.empty:
        return Section(
            "event-study",
            "Before and after, year by year",
            (missing(inputs, "event_study", "The event study is"),),
        )
    blocks: list[Block] = [
        Text(
            f"Had {inputs.called.kind} and other cities already been moving apart, the effect of "
            "the years before the policy would differ from zero. Each year is compared with the "
            "year before the policy began."
        )
    ]
    for outcome in inputs.study.outcomes:
        rows = frame[(frame["outcome"] == outcome) & frame["event_time"].notna()]
        if rows.empty:
            blocks.append(missing(inputs, "event_study", f"The event study of {short(outcome)} is"))
            continue
        rows = _fullest(rows, frame)
        blocks.append(
            event_study_figure(
                rows,
                inputs.start,
                name=f"event-study-{outcome}",
                synthetic=inputs.synthetic,
            )
        )
    drawn = noun(inputs.study.outcomes, "figure")
    text = f"The numbers behind the {drawn} are in [[event-study-effects]]."
    blocks.append(Text(text, "small"))
    return Section("event-study", "Before and after, year by year", tuple(blocks))


def _fullest(rows: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """The model with the most terms, where several were estimated."""
    outcome = rows["outcome"].iloc[0]
    sizes = frame[frame["outcome"] == outcome].groupby("model", sort=False).size()
    return rows[rows["model"] == sizes.idxmax()]
