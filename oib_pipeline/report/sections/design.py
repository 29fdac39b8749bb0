"""What was estimated, and on what: policy, sample, variables, rules."""

from __future__ import annotations

from oib_pipeline.contract.counting import noun, plural
from oib_pipeline.report.blocks import Block, Facts, Notice, Part, Section, Text
from oib_pipeline.report.figures.map import map_figure
from oib_pipeline.report.figures.timeline import timeline_figure
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.labels import short
from oib_pipeline.report.numbers import per_cent_of_rule, years
from oib_pipeline.report.sample_words import sample_sentences
from oib_pipeline.report.tables.left_out import left_out_table
from oib_pipeline.report.tables.policy import policy_table
from oib_pipeline.report.tables.variables import variables_table
from oib_pipeline.report.text import listing

SCOPES = {"districts": "districts of the city (市辖区)", "whole_city": "whole city (全市)"}

NO_MAP = "The map is missing: the registry gives no city of the sample its coordinates."


def design_section(inputs: ReportInputs) -> Section:
    """Facts of the study, the policy, the variables and the controls left out."""
    blocks: list[Block] = [
        Facts(tuple(_facts(inputs))),
        Part("policy", "The policy"),
        policy_table(inputs),
        timeline_figure(inputs),
        map_figure(inputs) or Notice(NO_MAP),
        Part("measures", _measures(inputs)),
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
    return Section("design", "What was estimated, and on what", tuple(blocks))


def _measures(inputs: ReportInputs) -> str:
    """Outcomes and controls, as many as the study has."""
    outcomes, controls = inputs.study.outcomes, inputs.study.controls
    names = [noun(outcomes, "Outcome"), *([noun(controls, "control")] if controls else [])]
    return " and ".join(names)


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
