"""The first page: what was found, how sure, and what it rests on."""

from __future__ import annotations

from oib_pipeline.report.checks import check_sentences
from oib_pipeline.report.document import Cell, Head, Notice, Part, Points, Row, Section, Table, Text
from oib_pipeline.report.headline import Headline, headlines
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.numbers import decimals_for, fixed, interval, p_value
from oib_pipeline.report.sample_words import comparison, sample_sentences
from oib_pipeline.report.summary import (
    certainty_sentence,
    effect_sentence,
    paper_sentence,
    pretrend_sentence,
    truth_sentence,
)

ASSUMPTION = (
    "These are effects of the policy if, without it, the pilot cities would have changed in step "
    "with the others. Data cannot show that; they can only make it more or less plausible "
    "([[event-study]])."
)


def summary_section(inputs: ReportInputs) -> Section:
    """Effect, size, certainty, the years before, and the paper, in sentences from the numbers."""
    found = headlines(inputs)
    if not found:
        missing = Notice(f"There is no effect to summarise: {inputs.reason('baseline')}.")
        return Section("summary", "Summary", (*_question(inputs), missing))
    last = inputs.study.year_list[-1]
    blocks = [
        *_question(inputs),
        *_synthetic(inputs, found),
        Part("found", "What was found"),
        Points(tuple(effect_sentence(head, inputs.start, last) for head in found)),
        _numbers(found, inputs),
        Part("sure", "How sure"),
        Points(
            (
                *(certainty_sentence(head, inputs) for head in found),
                *_before(inputs),
                ASSUMPTION,
            )
        ),
        *_checks(found, inputs),
        *_paper(found, inputs),
    ]
    return Section("summary", "Summary", tuple(blocks))


def _question(inputs: ReportInputs) -> list[Text]:
    panel, study = inputs.panel, inputs.study
    treated = panel.loc[panel["treated"] == 1, "city_code"].nunique()
    n_cities = panel["city_code"].nunique()
    narrower = sample_sentences(inputs)
    lead = Text(
        f"From {inputs.start} on, {treated} of {n_cities} cities were pilots of a policy. This "
        f"report compares how {comparison(inputs)} changed, over "
        f"{study.year_list[0]} to {study.year_list[-1]}, city by city and year by year.",
        "lead",
    )
    return [lead, Text(" ".join(narrower))] if narrower else [lead]


def _synthetic(inputs: ReportInputs, found: list[Headline]) -> list[Notice | Points]:
    if not inputs.synthetic:
        return []
    truths = [sentence for head in found if (sentence := truth_sentence(head))]
    notice = Notice(
        "The data are synthetic. They were made up with known true effects, so that estimators "
        "can be seen to recover them; nothing here is evidence about a real city.",
        "synthetic",
    )
    return [notice, Points(tuple(truths))] if truths else [notice]


def _numbers(found: list[Headline], inputs: ReportInputs) -> Table:
    rows = []
    for head in found:
        places = decimals_for(head.se)
        rows.append(
            Row(
                (
                    Cell(head.words.short),
                    Cell(fixed(head.estimate, places), value=head.estimate),
                    Cell(fixed(head.se, places), value=head.se),
                    Cell(interval(head.ci_low, head.ci_high, places)),
                    Cell(p_value(head.p), value=head.p),
                    Cell(fixed(head.in_sd, 2), value=head.in_sd),
                )
            )
        )
    names = ("Outcome", "Estimate", "Std. error", "95% interval", "p", "In std. deviations")
    data = inputs.frame("baseline").merge(
        _keys(found), on=["outcome", "model", "term"], how="inner"
    )
    return Table(
        name="headline",
        title="The headline estimates",
        align="lrrrrr",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=(
            "Two-way fixed effects with "
            + (
                "the study’s controls"
                if all(head.with_controls for head in found)
                else "controls where a model has them"
            )
            + "; all models are in [[baseline]].",
        ),
        data=data,
    )


def _keys(found: list[Headline]) -> object:
    import pandas as pd

    return pd.DataFrame(
        [{"outcome": head.outcome, "model": head.model, "term": "did"} for head in found]
    )


def _before(inputs: ReportInputs) -> list[str]:
    frame = inputs.frame("event_study")
    if frame.empty or "pretrend_p" not in frame:
        return []
    return [
        pretrend_sentence(outcome, frame[frame["outcome"] == outcome], inputs.start)
        for outcome in inputs.study.outcomes
        if (frame["outcome"] == outcome).any()
    ]


def _checks(found: list[Headline], inputs: ReportInputs) -> list[Part | Points]:
    sentences = [sentence for head in found for sentence in check_sentences(head, inputs)]
    return [Part("checks", "Under other methods"), Points(tuple(sentences))] if sentences else []


def _paper(found: list[Headline], inputs: ReportInputs) -> list[Part | Text | Points]:
    sentences = [sentence for head in found if (sentence := paper_sentence(head))]
    if not sentences:
        return []
    why = (
        "The synthetic sample was made with the paper’s figures as its true effects, so nearness "
        "to them says that the method works, not that the paper is right."
        if all(head.truth == head.paper for head in found)
        else "The synthetic sample has true effects of its own, so the difference says nothing."
        if inputs.synthetic
        else "The paper’s data are not public; a difference may come from other sources, another "
        "scope, other controls or other rules for outliers and gaps."
    )
    return [Part("paper", "Against the paper"), Points(tuple(sentences)), Text(why, "small")]
