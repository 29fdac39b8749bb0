"""First page, data, design."""

from __future__ import annotations

from oib_pipeline.contract.counting import noun, plural
from oib_pipeline.report.document.blocks import (
    Block,
    Facts,
    Notice,
    Part,
    Points,
    Section,
    Table,
    Text,
)
from oib_pipeline.report.document.format_numbers import per_cent_of_rule, years
from oib_pipeline.report.document.labels import label, listing, short, topic
from oib_pipeline.report.figures.coverage import city_coverage_figure, coverage_figure
from oib_pipeline.report.figures.map import map_figure
from oib_pipeline.report.figures.trends import timeline_figure
from oib_pipeline.report.inputs import ReportInputs, counts, coverage
from oib_pipeline.report.tables.columns import gaps_table, left_out_table
from oib_pipeline.report.tables.effects import headline_table
from oib_pipeline.report.tables.inference import checks_table
from oib_pipeline.report.tables.sample import policy_table, variables_table
from oib_pipeline.report.tables.sources import releases_table, sources_table
from oib_pipeline.report.text.catalogue import text
from oib_pipeline.report.text.conclusion import (
    Judged,
    agreement_sentences,
    checks,
    conclusion,
    regions_sentence,
)
from oib_pipeline.report.text.flagged import flagged_sentence
from oib_pipeline.report.text.headline import Headline, headlines
from oib_pipeline.report.text.sample import comparison, sample_sentences
from oib_pipeline.report.text.summary import (
    certainty_sentence,
    effect_sentence,
    paper_sentence,
    pretrend_sentence,
    truth_sentence,
)


def summary_section(inputs: ReportInputs) -> Section:
    """Effect, size, certainty, the years before, and the paper, in sentences from the numbers."""
    found = headlines(inputs)
    if not found:
        missing = Notice(f"There is no effect to summarise: {inputs.reason('baseline')}.")
        return Section(
            "summary", text("heading.summary"), (*_question(inputs), *_narrower(inputs), missing)
        )
    judged = [(head, checks(head, inputs)) for head in found]
    blocks = [
        *_question(inputs),
        *_synthetic(found, inputs),
        Text(conclusion(judged, inputs), "lead"),
        *_narrower(inputs),
        Part("found", text("part.found")),
        Points(tuple(effect_sentence(head, inputs) for head in found)),
        headline_table(found, inputs),
        Part("sure", text("part.sure")),
        Points(
            (
                *(certainty_sentence(head, inputs) for head in found),
                *_before(inputs),
                *filter(None, [flagged_sentence(inputs)]),
                text("note.assumption", cities=inputs.called.own),
                *inputs.study.words.cautions,
            )
        ),
        *_checks(judged, inputs),
        *_truth(found, inputs),
        *_paper(found, inputs),
    ]
    return Section("summary", text("heading.summary"), tuple(blocks))


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
    return " ".join(reading for name in inputs.study.outcomes if (reading := label(name).reading))


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
    said = f"The data are synthetic. {made}; nothing here is evidence about a real city."
    return [Notice(said, "synthetic")]


def _truth(found: list[Headline], inputs: ReportInputs) -> list[Part | Points]:
    """How near the estimates come to the effects that synthetic data were made with."""
    truths = [sentence for head in found if (sentence := truth_sentence(head))]
    if not inputs.synthetic or not truths:
        return []
    return [Part("truth", text("part.truth")), Points(tuple(truths))]


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
    head = Part("checks", text("part.checks"))
    if not any(made for _, made in judged):
        return [head, Points(tuple(regions))] if regions else []
    return [head, Points((*agreement_sentences(judged), *regions)), checks_table(judged)]


def _paper(found: list[Headline], inputs: ReportInputs) -> list[Part | Text | Points]:
    sentences = [sentence for head in found if (sentence := paper_sentence(head))]
    if not sentences:
        return []
    title = Part("paper", text("part.paper"))
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


def data_section(inputs: ReportInputs) -> Section:
    """Releases, the source of each variable, coverage, and what is missing."""
    blocks: list[Block] = [
        Text(
            f"{plural(len(inputs.releases), 'release')} of "
            f"{plural(inputs.releases['series'].nunique(), 'series', 'series')} "
            f"{'was' if len(inputs.releases) == 1 else 'were'} used. Where several give a value "
            "for one city and year, the order of the study’s sources decides, then the later "
            "edition; every candidate and the choice are kept in the warehouse."
        ),
        releases_table(inputs.releases),
        Part("coverage-part", text("part.coverage")),
    ]
    if inputs.has("sources"):
        counted = counts(inputs.frame("sources"))
        blocks += [
            coverage_figure(coverage(counted, inputs), inputs),
            *([by_city] if (by_city := city_coverage_figure(inputs)) else []),
            sources_table(counted),
        ]
    else:
        blocks.append(Notice(f"The source of each value is missing: {inputs.reason('sources')}."))
    blocks.append(Part("gaps", text("part.gaps")))
    if inputs.has("missing"):
        blocks.append(gaps_table(inputs.frame("missing"), inputs))
    elif inputs.missing is None:
        blocks.append(Notice(f"The list of gaps is missing: {inputs.reason('missing')}."))
    else:
        blocks.append(Text("No expected city-year lacks anything the study needs."))
    return Section("data", text("heading.data"), tuple(blocks))


SCOPES = {"districts": "districts of the city (市辖区)", "whole_city": "whole city (全市)"}

NO_MAP = "The map is missing: the registry gives no city of the sample its coordinates."


def design_section(inputs: ReportInputs) -> Section:
    """Facts of the study, the policy, the variables and the controls left out."""
    blocks: list[Block] = [
        Facts(tuple(_facts(inputs))),
        Part("policy", text("part.policy")),
        policy_table(inputs),
        timeline_figure(inputs),
        map_figure(inputs) or Notice(NO_MAP),
        Part("measures", text("part.measures")),
        variables_table(inputs),
    ]
    if inputs.has("left_out"):
        blocks += [
            Text(
                "Controls of the study that were left out because its sources do not hold enough "
                "of them at this scope:"
            ),
            left_out_table(inputs.frame("left_out")),
        ]
    return Section("design", text("heading.design"), tuple(blocks))


def _facts(inputs: ReportInputs) -> list[tuple[str, str]]:
    study, panel, called = inputs.study, inputs.panel, inputs.called
    cities = panel["city_code"].nunique()
    counted = f"{called.counted(called.count)}, {plural(cities - called.count, 'other')}"
    size = f"{plural(cities, 'city', 'cities')} ({counted})"
    narrower = sample_sentences(inputs)
    return [
        ("Study", f"{study.title} ({study.name})"),
        ("Policy", f"begins in {inputs.start}"),
        ("Panel", f"{study.sample}: {size}, {len(panel):,} city-years"),
        *([("Headline sample", " ".join(narrower))] if narrower else []),
        ("Scope", f"{SCOPES[study.scope]}; figures of the other scope are never mixed in"),
        ("Years", years(study.year_list)),
        (noun(study.outcomes, "Outcome"), listing([short(name) for name in study.outcomes])),
        (
            noun(inputs.controls, "Control"),
            listing([short(name) for name in inputs.controls]) or "none",
        ),
        ("Sources", " before ".join(study.sources) + ", a later edition before an earlier one"),
        ("Outliers", _outliers(inputs)),
        ("Gaps", _gaps(inputs)),
        ("Left out by rule", _left_out(inputs, bool(narrower))),
    ]


def _left_out(inputs: ReportInputs, narrower: bool) -> str:
    ruled = listing([_EXCLUDED[name] for name in inputs.study.exclude]) or "no city-years"
    return f"{ruled}; what lacks a value is left out besides, see above" if narrower else ruled


_EXCLUDED = {
    "border_change": "city-years whose districts changed",
    "capital": "provincial capitals and municipalities",
    "demonstration": "cities with a demonstration area",
}


def _outliers(inputs: ReportInputs) -> str:
    rule = inputs.study.outliers
    if rule.method == "none":
        return "kept as they are"
    ends = f"{per_cent_of_rule(rule.lower)} and {per_cent_of_rule(rule.upper)}"
    within = "each year" if rule.by == "year" else "all years together"
    return f"values beyond the {ends} quantiles of {within} are set to those quantiles"


def _gaps(inputs: ReportInputs) -> str:
    rule = inputs.study.gaps
    if rule.method == "none":
        return "left open"
    across = "also" if rule.across_policy_date else "never"
    return (
        f"up to {rule.limit} missing years in a row between two known ones are filled on a "
        f"straight line, {across} across the policy date"
    )
