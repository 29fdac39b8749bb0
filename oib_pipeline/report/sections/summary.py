"""The first page: what was found, how sure, and what it rests on."""

from __future__ import annotations

from oib_pipeline.report.blocks import Notice, Part, Points, Section, Table, Text
from oib_pipeline.report.checks import checks, regions_sentence
from oib_pipeline.report.headline import Headline, headlines
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.labels import label
from oib_pipeline.report.sample_words import comparison, sample_sentences
from oib_pipeline.report.summary import (
    certainty_sentence,
    effect_sentence,
    paper_sentence,
    pretrend_sentence,
    truth_sentence,
)
from oib_pipeline.report.tables.checks import checks_table
from oib_pipeline.report.tables.headline import headline_table
from oib_pipeline.report.verdict import Judged, agreement_sentences, verdict

WHOLE = (
    "The policy acts on old industrial districts, and these are figures of whole cities: a change "
    "confined to the districts shows here only as far as it moves the whole city."
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
        return Section("summary", "Summary", (*_question(inputs), *_narrower(inputs), missing))
    last = inputs.study.year_list[-1]
    judged = [(head, checks(head, inputs)) for head in found]
    blocks = [
        *_question(inputs),
        *_synthetic(inputs),
        Text(verdict(judged, inputs), "lead"),
        *_narrower(inputs),
        Part("found", "What was found"),
        Points(tuple(effect_sentence(head, inputs.start, last) for head in found)),
        headline_table(found, inputs),
        Part("sure", "How sure"),
        Points(
            (
                *(certainty_sentence(head, inputs) for head in found),
                *_before(inputs),
                ASSUMPTION,
                *([WHOLE] if inputs.study.scope == "whole_city" else []),
            )
        ),
        *_checks(judged, inputs),
        *_truth(found, inputs),
        *_paper(found, inputs),
    ]
    return Section("summary", "Summary", tuple(blocks))


def _question(inputs: ReportInputs) -> list[Text]:
    panel, study = inputs.panel, inputs.study
    treated = panel.loc[panel["treated"] == 1, "city_code"].nunique()
    n_cities = panel["city_code"].nunique()
    lead = Text(
        f"From {inputs.start} on, {treated} of {n_cities} cities were pilots of a policy"
        f"{_document(inputs)}. Did their industrial structure change because of it? This report "
        f"compares how {comparison(inputs)} changed, over {study.year_list[0]} to "
        f"{study.year_list[-1]}, city by city and year by year. {_measured(inputs)}".rstrip(),
    )
    return [lead]


def _narrower(inputs: ReportInputs) -> list[Text]:
    """What the headlines leave out of the panel, where they do."""
    said = sample_sentences(inputs)
    return [Text(" ".join(said), "small")] if said else []


def _measured(inputs: ReportInputs) -> str:
    """What the outcomes measure, in plain words, where there are any."""
    return " ".join(text for name in inputs.study.outcomes if (text := label(name).reading))


def _document(inputs: ReportInputs) -> str:
    """The title of the document that began the policy, in brackets."""
    registry = inputs.registry
    own = registry.policy(inputs.study.policy)["document"]
    titles = registry.documents.loc[registry.documents["document"].isin(own), "title"]
    return f" ({titles.iloc[0]})" if len(titles) == 1 else ""


def _synthetic(inputs: ReportInputs) -> list[Notice]:
    if not inputs.synthetic:
        return []
    return [
        Notice(
            "The data are synthetic. They were made up with known true effects, so that "
            "estimators can be seen to recover them; nothing here is evidence about a real city.",
            "synthetic",
        )
    ]


def _truth(found: list[Headline], inputs: ReportInputs) -> list[Part | Points]:
    """How near the estimates come to the effects that synthetic data were made with."""
    truths = [sentence for head in found if (sentence := truth_sentence(head))]
    if not inputs.synthetic or not truths:
        return []
    return [Part("truth", "Against the known truth"), Points(tuple(truths))]


def _before(inputs: ReportInputs) -> list[str]:
    frame = inputs.frame("event_study")
    if frame.empty or "pretrend_p" not in frame:
        return []
    return [
        pretrend_sentence(outcome, frame[frame["outcome"] == outcome], inputs.start)
        for outcome in inputs.study.outcomes
        if (frame["outcome"] == outcome).any()
    ]


def _checks(judged: Judged, inputs: ReportInputs) -> list[Part | Points | Table]:
    regions = [said for head, _ in judged if (said := regions_sentence(head, inputs))]
    if not any(made for _, made in judged):
        return [Part("checks", "Under other methods"), Points(tuple(regions))] if regions else []
    told = (*agreement_sentences(judged), *regions)
    return [Part("checks", "Which checks agree"), Points(told), checks_table(judged)]


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
