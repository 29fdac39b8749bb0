"""Baseline and further results."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.contract.counting import noun
from oib_pipeline.report.document.blocks import Block, Formula, Notice, Section, Text
from oib_pipeline.report.document.labels import base_words, capital, short, topic
from oib_pipeline.report.document.treated import Called
from oib_pipeline.report.figures.event_study import dynamic_figure, event_study_figure
from oib_pipeline.report.figures.inference import forest_figure, placebo_figure
from oib_pipeline.report.figures.matching import love_figure, support_figure
from oib_pipeline.report.figures.specification_curve import PREFIX, choices, specification_figure
from oib_pipeline.report.figures.trends import pilots_figure, trends_figure
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.tables.columns import not_estimated
from oib_pipeline.report.tables.effects import psm_table, regional_table, robustness_table
from oib_pipeline.report.tables.inference import inference_table, placebo_table
from oib_pipeline.report.tables.models import baseline_table, means_note
from oib_pipeline.report.tables.sample import balance_table, descriptive_table
from oib_pipeline.report.text.catalogue import text
from oib_pipeline.report.text.headline import TREATMENT, headlines

SYNTHETIC = "Synthetic data with known true effects; no evidence about real cities."


def synthetic_note(inputs: ReportInputs) -> tuple[str, ...]:
    """The note that goes under every table made from synthetic data."""
    return (SYNTHETIC,) if inputs.synthetic else ()


def why_missing(inputs: ReportInputs, name: str, what: str, because: str = "") -> Notice:
    """What stands where a result is not there, for its own reason or the given one."""
    return Notice(f"{what} missing: {because.rstrip('.') or inputs.reason(name)}.")


def descriptive_section(inputs: ReportInputs) -> Section:
    """How the variables are spread, and how the two groups of cities moved."""
    blocks: list[Block] = []
    if inputs.has("descriptive"):
        blocks.append(descriptive_table(inputs.frame("descriptive"), notes=synthetic_note(inputs)))
    else:
        blocks.append(why_missing(inputs, "descriptive", "Descriptive statistics are"))
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
    return Section("descriptives", text("heading.descriptives"), tuple(blocks))


def identification_section(inputs: ReportInputs) -> Section:
    """The model of every estimate, and what has to hold for it to be an effect."""
    called = inputs.called
    controls = " + controlsᵢₜ′ δ" if inputs.controls else ""
    blocks: tuple[Block, ...] = (
        Text(
            f"Every model compares the change in {called.cities} with the change in the others, "
            "with an effect for each city and each year:"
        ),
        Formula(f"outcomeᵢₜ = β · {called.kind}ᵢ · afterₜ{controls} + cityᵢ + yearₜ + εᵢₜ"),
        Text(text("note.assumption", cities=called.own)),
    )
    return Section("identification", text("heading.identification"), blocks)


def baseline_section(inputs: ReportInputs) -> Section:
    """Each outcome without and with the study's controls."""
    blocks: list[Block] = []
    if inputs.has("baseline"):
        blocks.append(
            baseline_table(
                inputs.frame("baseline"),
                inputs.panel,
                title=f"Effect of the {_policy(inputs)} on {topic(inputs.study.outcomes)}",
                called=inputs.called,
                notes=synthetic_note(inputs),
            )
        )
    else:
        blocks.append(why_missing(inputs, "baseline", "The baseline is"))
    return Section("effect", text("heading.effect"), tuple(blocks))


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
            text("heading.event-study"),
            (why_missing(inputs, "event_study", "The event study is"),),
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
            blocks.append(
                why_missing(inputs, "event_study", f"The event study of {short(outcome)} is")
            )
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
    blocks.append(Text(f"The numbers behind the {drawn} are in [[event-study-effects]].", "small"))
    return Section("event-study", text("heading.event-study"), tuple(blocks))


def _fullest(rows: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """The model with the most terms, where several were estimated."""
    outcome = rows["outcome"].iloc[0]
    sizes = frame[frame["outcome"] == outcome].groupby("model", sort=False).size()
    return rows[rows["model"] == sizes.idxmax()]


def matching_blocks(inputs: ReportInputs) -> list[Block]:
    """Table 6, the scores behind it, and how alike the matched cities are."""
    frame = inputs.frame("psm_did")
    if frame.empty:
        return [why_missing(inputs, "psm_did", "The estimates on matched samples are")]
    called = inputs.called
    blocks: list[Block] = [
        Text(
            f"{_who(called)} not drawn by lot. Here {called.they} {called.are} compared with those "
            f"cities that looked most like {called.them} before the policy, by an estimated "
            f"probability of being {called.being_one}."
        ),
        psm_table(
            frame,
            called=called,
            notes=(
                means_note(inputs.panel, inputs.study.outcomes),
                *not_estimated(frame),
                *synthetic_note(inputs),
            ),
        ),
    ]
    if not inputs.has("scores"):
        blocks.append(why_missing(inputs, "scores", "The scores of the match are"))
    if not inputs.has("balance"):
        blocks.append(why_missing(inputs, "balance", "The balance of the match is"))
    blocks += [
        support_figure(part, outcome=outcome, called=called, synthetic=inputs.synthetic)
        for outcome, part in _matches(inputs.frame("scores"))
    ]
    blocks += [
        love_figure(part, outcome=outcome, called=called, synthetic=inputs.synthetic)
        for outcome, part in _matches(inputs.frame("balance"))
    ]
    if inputs.has("balance"):
        blocks.append(Text("The means behind it are in [[balance-in-numbers]].", "small"))
    return blocks


def _who(called: Called) -> str:
    return f"The {called.one} was" if called.count == 1 else f"{capital(called.many)} were"


def balance_sections(inputs: ReportInputs) -> list[Section]:
    """The balance of the match in numbers, for the appendix."""
    if not inputs.has("psm_did") or not inputs.has("balance"):
        return []
    tables = tuple(
        balance_table(part, outcome=outcome, called=inputs.called, notes=synthetic_note(inputs))
        for outcome, part in _matches(inputs.frame("balance"))
    )
    title = text("heading.balance-in-numbers")
    return [Section("balance-in-numbers", title, tables, appendix=True)]


def _matches(frame: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """One part an outcome; a single one, no outcome named, where the match is the same for all."""
    if frame.empty or "outcome" not in frame:
        return [("", frame)] if len(frame) else []
    parts = [
        (str(outcome), part.drop(columns="outcome").reset_index(drop=True))
        for outcome, part in frame.groupby("outcome", sort=False)
    ]
    first = parts[0][1]
    return [("", first)] if all(part.equals(first) for _, part in parts) else parts


def further_sections(inputs: ReportInputs) -> list[Section]:
    """Dynamic effects, matching, regions, placebo, robustness, inference."""
    made = [
        ("dynamic-effects", text("heading.dynamic-effects"), _dynamic),
        ("matching", text("heading.matching"), matching_blocks),
        ("region", text("heading.region"), _regional),
        ("placebo-test", text("heading.placebo-test"), _placebo),
        ("robust", text("heading.robust"), _robustness),
        ("ledger", text("heading.ledger"), _inference),
    ]
    return [Section(anchor, title, tuple(blocks(inputs))) for anchor, title, blocks in made]


def _dynamic(inputs: ReportInputs) -> list[Block]:
    frame = inputs.frame("dynamic")
    if frame.empty:
        return [why_missing(inputs, "dynamic", "Dynamic effects are")]
    base = base_words(str(frame["base"].dropna().iloc[0]))
    table = baseline_table(
        frame,
        inputs.panel,
        name="dynamic-models",
        title="Effect in each year of the policy",
        called=inputs.called,
        notes=(f"Effects are relative to {base}.", *synthetic_note(inputs)),
    )
    beside = (
        f", where the section [[event-study]] compares it with one year; the two differ by how far "
        f"{inputs.called.many} stood from that mean in that year"
    )
    return [
        Text(f"Each policy year is compared with {base}{beside * inputs.has('event_study')}."),
        table,
        dynamic_figure(frame, list(inputs.study.outcomes), synthetic=inputs.synthetic),
    ]


def _placebo(inputs: ReportInputs) -> list[Block]:
    frame, draws = inputs.frame("placebo"), inputs.frame("placebo_draws")
    called = inputs.called
    drawn = f"the {called.one} is" if called.count == 1 else f"the {called.many} are"
    if frame.empty:
        return [why_missing(inputs, "placebo", "The placebo test is")]
    blocks: list[Block] = [
        Text(
            f"If the same method finds effects as large when {drawn} drawn at random, "
            "the effect found is no news. Cities are drawn, not city-years, so that what persists "
            "in a city persists in a draw."
        )
    ]
    if draws.empty:
        blocks.append(why_missing(inputs, "placebo_draws", "The single draws are"))
    blocks += [
        why_missing(inputs, "placebo", f"{short(row.outcome)}: the placebo is", because=row.note)
        for row in frame[frame["estimate"].isna()].itertuples()
    ]
    frame = frame[frame["estimate"].notna()]
    for _, row in frame.iterrows():
        own = _own(draws, row["outcome"])
        if len(own):
            figure = placebo_figure(own, row, called=called, synthetic=inputs.synthetic)
            blocks.append(figure)
    notes = (*_drawn_again(inputs.frame("inference")), *synthetic_note(inputs))
    return [*blocks, placebo_table(frame, draws, called=called, notes=notes)]


def _drawn_again(ledger: pd.DataFrame) -> tuple[str, ...]:
    """That the ledger has p-values of its own, and which are quoted."""
    rows = ledger[ledger["method"] == "permutation (t)"] if "method" in ledger else ledger
    if rows.empty:
        return ()
    said = "[[inference]] has draws of its own, so its p-values differ a little and are the ones"
    return (f"{said} quoted.",)


def _regional(inputs: ReportInputs) -> list[Block]:
    frame = inputs.frame("regional")
    if frame.empty:
        return [why_missing(inputs, "regional", "The estimates by region are")]
    effects = frame[frame["term"] == TREATMENT]
    return [
        regional_table(
            frame,
            called=inputs.called,
            notes=(means_note(inputs.panel, inputs.study.outcomes), *synthetic_note(inputs)),
        ),
        forest_figure(
            effects,
            headlines(inputs),
            list(inputs.study.outcomes),
            called=inputs.called,
            synthetic=inputs.synthetic,
        ),
    ]


def _robustness(inputs: ReportInputs) -> list[Block]:
    frame = inputs.frame("robustness")
    if frame.empty:
        return [why_missing(inputs, "robustness", "The specification curve is")]
    heads = {head.outcome: head for head in headlines(inputs)}
    tests = inputs.frame("curve_test")
    made = frame[frame["estimate"].notna()]
    return [
        Text(
            f"Every estimate rests on choices. Here the main ones ({_main(made)}) are made in "
            f"every combination; finer ones ({_finer(made)}) are tried on all years and cities "
            "only."
        ),
        *(
            specification_figure(
                part,
                heads.get(str(outcome)),
                _own(tests, outcome),
                called=inputs.called,
                synthetic=inputs.synthetic,
            )
            for outcome, part in made.groupby("outcome", sort=False)
        ),
        robustness_table(
            made,
            inputs.panel,
            called=inputs.called,
            notes=(*not_estimated(frame), *synthetic_note(inputs)),
        ),
    ]


def _main(made: pd.DataFrame) -> str:
    """The choices that are crossed, of those that vary."""
    names = ("controls", "outliers", "years", "cities", "time_effects")
    varied = set(choices(made))
    crossed = [name for name in names if f"{PREFIX}{name}" in varied]
    return ", ".join(name.replace("_", " ") for name in crossed)


def _finer(made: pd.DataFrame) -> str:
    """What is varied beside, one at a time."""
    controls = made.get(f"{PREFIX}controls", pd.Series(dtype=str)).astype(str)
    each = ["each control left out"] if controls.str.startswith("all but ").any() else []
    return ", ".join([*each, "each rule for outliers and gaps"])


def _own(frame: pd.DataFrame, outcome: object) -> pd.DataFrame:
    return frame if frame.empty else frame[frame["outcome"] == outcome]


def _inference(inputs: ReportInputs) -> list[Block]:
    frame = inputs.frame("inference")
    if frame.empty:
        return [why_missing(inputs, "inference", "The comparison of standard errors is")]
    return [
        Text(
            f"With few {inputs.called.many} no single standard error is beyond doubt. Where the "
            "ways agree, the conclusion does not hang on one of them; go by the permutation of t "
            "first."
        ),
        inference_table(frame, notes=(*not_estimated(frame), *synthetic_note(inputs))),
    ]
