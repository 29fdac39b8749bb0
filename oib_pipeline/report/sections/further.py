"""The results beyond the baseline, a section each; what was not made says why."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.blocks import Block, Section, Text
from oib_pipeline.report.called import Called
from oib_pipeline.report.choices import PREFIX, choices
from oib_pipeline.report.figures.dynamic import dynamic_figure
from oib_pipeline.report.figures.forest import forest_figure
from oib_pipeline.report.figures.placebo import placebo_figure
from oib_pipeline.report.figures.specifications import specification_figure
from oib_pipeline.report.headline import TREATMENT, headlines
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.labels import base_words, short
from oib_pipeline.report.sections.matching import matching_blocks
from oib_pipeline.report.sections.results import mark, missing
from oib_pipeline.report.tables.baseline import baseline_table
from oib_pipeline.report.tables.inference import inference_table
from oib_pipeline.report.tables.models import means_note
from oib_pipeline.report.tables.not_estimated import not_estimated
from oib_pipeline.report.tables.placebo import placebo_table
from oib_pipeline.report.tables.regional import regional_table
from oib_pipeline.report.tables.robustness import robustness_table


def further_sections(inputs: ReportInputs) -> list[Section]:
    """Dynamic effects, matching, regions, placebo, robustness, inference."""
    made = [
        ("dynamic-effects", "The effect as it grows", _dynamic),
        ("matching", "Against matched cities", matching_blocks),
        ("region", "By region", _regional),
        ("placebo-test", _had_others(inputs.called), _placebo),
        ("robust", "Under other choices", _robustness),
        ("ledger", "How the error is judged", _inference),
    ]
    return [Section(anchor, title, tuple(blocks(inputs))) for anchor, title, blocks in made]


def _had_others(called: Called) -> str:
    others = "another city" if called.count == 1 else "other cities"
    noun = f"the {called.one if called.count == 1 else called.many}" if called.noun else "treated"
    return f"Had {others} been {noun}"


def _dynamic(inputs: ReportInputs) -> list[Block]:
    frame = inputs.frame("dynamic")
    if frame.empty:
        return [missing(inputs, "dynamic", "Dynamic effects are")]
    base = base_words(str(frame["base"].dropna().iloc[0]))
    table = baseline_table(
        frame,
        inputs.panel,
        name="dynamic-models",
        title="Effect in each year of the policy",
        called=inputs.called,
        notes=(f"Effects are relative to {base}.", *mark(inputs)),
    )
    beside = (
        f", where [[event-study]] compares it with one year; the two differ by how far "
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
        return [missing(inputs, "placebo", "The placebo test is")]
    blocks: list[Block] = [
        Text(
            f"If the same method finds effects as large when {drawn} drawn at random, "
            "the effect found is no news. Cities are drawn, not city-years, so that what persists "
            "in a city persists in a draw."
        )
    ]
    if draws.empty:
        blocks.append(missing(inputs, "placebo_draws", "The single draws are"))
    blocks += [
        missing(inputs, "placebo", f"{short(row.outcome)}: the placebo is", because=row.note)
        for row in frame[frame["estimate"].isna()].itertuples()
    ]
    frame = frame[frame["estimate"].notna()]
    for _, row in frame.iterrows():
        own = _own(draws, row["outcome"])
        if len(own):
            figure = placebo_figure(own, row, called=called, synthetic=inputs.synthetic)
            blocks.append(figure)
    notes = (*_drawn_again(inputs.frame("inference")), *mark(inputs))
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
        return [missing(inputs, "regional", "The estimates by region are")]
    effects = frame[frame["term"] == TREATMENT]
    return [
        regional_table(
            frame,
            called=inputs.called,
            notes=(means_note(inputs.panel, inputs.study.outcomes), *mark(inputs)),
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
        return [missing(inputs, "robustness", "The specification curve is")]
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
            made, inputs.panel, called=inputs.called, notes=(*not_estimated(frame), *mark(inputs))
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
        return [missing(inputs, "inference", "The ledger of standard errors is")]
    return [
        Text(
            f"With few {inputs.called.many} no single standard error is beyond doubt. Where the "
            "ways agree, the conclusion does not hang on one of them; go by the permutation of t "
            "first."
        ),
        inference_table(frame, notes=(*not_estimated(frame), *mark(inputs))),
    ]
