"""Where the data came from, what they cover and what they lack."""

from __future__ import annotations

from oib_pipeline.contract.counting import plural
from oib_pipeline.report.blocks import Block, Notice, Part, Section, Text
from oib_pipeline.report.coverage import counts, coverage
from oib_pipeline.report.figures.city_coverage import city_coverage_figure
from oib_pipeline.report.figures.coverage import coverage_figure
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.tables.gaps import gaps_table
from oib_pipeline.report.tables.sources import releases_table, sources_table


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
        Part("coverage-part", "Coverage"),
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
    blocks.append(Part("gaps", "Gaps"))
    if inputs.has("missing"):
        blocks.append(gaps_table(inputs.frame("missing"), inputs))
    elif inputs.missing is None:
        blocks.append(Notice(f"The list of gaps is missing: {inputs.reason('missing')}."))
    else:
        blocks.append(Text("No expected city-year lacks anything the study needs."))
    return Section("data", "Data and their gaps", tuple(blocks))
