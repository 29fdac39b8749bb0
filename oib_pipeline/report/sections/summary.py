"""The first page: what was found, how sure, and what it rests on."""

from __future__ import annotations

from oib_pipeline.report.blocks import Notice, Part, Points, Section, Table, Text
from oib_pipeline.report.checks import checks, regions_sentence
from oib_pipeline.report.flagged import flagged_sentence
from oib_pipeline.report.headline import Headline, headlines
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.labels import label, topic
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

ASSUMPTION = (
    "These are effects of the policy if, without it, {cities} would have changed in step with the "
    "others. Data cannot show that; they can only make it more or less plausible ([[event-study]])."
)


def summary_section(inputs: ReportInputs) -> Section:
    """Effect, size, certainty, the years before, and the paper, in sentences from the numbers."""
    found = headlines(inputs)
    if not found:
        missing = Notice(f"There is no effect to summarise: {inputs.reason('baseline')}.")
        return Section("summary", "Summary", (*_question(inputs), *_narrower(inputs), missing))
    judged = [(head, checks(head, inputs)) for head in found]
    blocks = [
        *_question(inputs),
        *_synthetic(found, inputs),
        Text(verdict(judged, inputs), "lead"),
        *_narrower(inputs),
        Part("found", "What was found"),
        Points(tuple(effect_sentence(head, inputs) for head in found)),
        headline_table(found, inputs),
        Part("sure", "How sure"),
        Points(
            (
                *(certainty_sentence(head, inputs) for head in found),
                *_before(inputs),
                *filter(None, [flagged_sentence(inputs)]),
                ASSUMPTION.format(cities=inputs.called.own),
                *inputs.study.words.cautions,
            )
        ),
        *_checks(judged, inputs),
        *_truth(found, inputs),
        *_paper(found, inputs),
    ]
    return Section("summary", "Summary", tuple(blocks))


def _question(inputs: ReportInputs) -> list[Text]:
    study, called = inputs.study, inputs.called
    whose = "its" if called.count == 1 else "their"
    lead = Text(
        f"From {inputs.start} on, {called.count} of {inputs.panel['city_code'].nunique()} cities "
        f"{called.under} a policy{_document(inputs)}. Did {whose} {topic(study.outcomes)} change "
        f"because of it? This report compares how {comparison(inputs)} changed, over "
        f"{study.year_list[0]} to {study.year_list[-1]}, city by city and year by year. "
        f"{_measured(inputs)}".rstrip(),
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


def _synthetic(found: list[Headline], inputs: ReportInputs) -> list[Notice]:
    if not inputs.synthetic:
        return []
    made = (
        "They were made up with known true effects, so that estimators can be seen to recover them"
        if any(head.truth is not None for head in found)
        else "They were made up, and what effect this policy has in them is not known"
    )
    text = f"The data are synthetic. {made}; nothing here is evidence about a real city."
    return [Notice(text, "synthetic")]


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
        pretrend_sentence(outcome, frame[frame["outcome"] == outcome], inputs.start, inputs.called)
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
    title = Part("paper", "Against the paper")
    return [title, Points(tuple(sentences)), Text(_why_apart(found, inputs), "small")]


def _why_apart(found: list[Headline], inputs: ReportInputs) -> str:
    """What nearness to the paper's figures, or a difference from them, says."""
    if not inputs.synthetic:
        paper = inputs.study.reproduces
        data = f"The paper’s data are {paper.data}; a" if paper and paper.data else "A"
        return (
            f"{data} difference may come from other sources, another scope, other controls or "
            "other rules for outliers and gaps."
        )
    if all(head.truth == head.paper for head in found if head.paper is not None):
        return (
            "The synthetic sample was made with the paper’s figures as its true effects, so "
            "nearness to them says that the method works, not that the paper is right."
        )
    return "The synthetic data are not the paper’s, so the difference says nothing."
