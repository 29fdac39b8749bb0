"""The profile of one city, before it is written as anything."""

from __future__ import annotations

from collections.abc import Sequence

from oib_pipeline.profiles.comparisons import Comparison, Comparisons
from oib_pipeline.profiles.facts import known
from oib_pipeline.profiles.figure import paths_figure
from oib_pipeline.profiles.inputs import ProfileInputs
from oib_pipeline.profiles.lineage import cells, values
from oib_pipeline.profiles.sentences import comparison_sentences, doubts, matches_blocks
from oib_pipeline.profiles.tables import cells_table, paths_table, values_table, weights_table
from oib_pipeline.report.blocks import Block, Code, Notice, Section, Text
from oib_pipeline.report.document import Document
from oib_pipeline.report.labels import topic
from oib_pipeline.report.rendering import BANNER
from oib_pipeline.report.sections.results import mark

FILES = (("All cities", "index.html"), ("The report", "../index.html"))


def compose(inputs: ProfileInputs, comparisons: Comparisons, code: str) -> Document:
    """The document of one city of the study."""
    row, start = inputs.known(code), inputs.start(code)
    called, about = inputs.report.called, topic(inputs.report.study.outcomes)
    role = called.not_one if start is None else called.since(start)
    sections = [
        Section("city", "What is known of it", tuple(known(inputs, code))),
        Section(
            "structure",
            f"Its {about}",
            _structure(inputs, comparisons, code),
        ),
        Section("values", "How each value came about", _values(inputs, code)),
        Section("doubts", "What is doubtful", tuple(doubts(inputs, code))),
    ]
    return Document(
        title=f"{row['name_en']} {row['name_zh']}",
        subtitle=f"{code}, {row['province_en']} {row['province_zh']}, {row['region']}; {role}. "
        f"{inputs.report.study.title}",
        sections=tuple(sections),
        banner=BANNER if inputs.report.synthetic else "",
        dated=inputs.report.dated,
        files=FILES,
        beside=False,
    )


def _structure(inputs: ProfileInputs, comparisons: Comparisons, code: str) -> tuple[Block, ...]:
    if code not in comparisons.cities.index:
        return (
            Notice(
                "The city is in the sample but not in the study’s panel: no release has what the "
                "study needs of it, or its city-years were left out by a rule of the study."
            ),
        )
    here = comparisons.cities.loc[code]
    city, region = str(here["city"]), str(here["region"])
    made: Sequence[Comparison] = [
        comparisons.of(code, outcome) for outcome in inputs.report.study.outcomes
    ]
    blocks: list[Block] = [*comparison_sentences(inputs, made, city, region, code)]
    drawn = [one for one in made if one.own.notna().any()]
    if drawn:
        start = inputs.start(code)
        called = inputs.report.called
        shown = city, region, called
        synthetic = inputs.report.synthetic
        blocks.append(paths_figure(drawn, *shown, start, synthetic=synthetic))
        blocks.append(paths_table(drawn, *shown, mark(inputs.report)))
    weights = weights_table(made, comparisons.cities)
    return (*blocks, *([weights] if weights else []), *matches_blocks(comparisons, code))


def _values(inputs: ProfileInputs, code: str) -> tuple[Block, ...]:
    found = cells(inputs, code)
    year = inputs.report.study.year_list[-1]
    blocks: list[Block] = [
        values_table(values(inputs, code), mark(inputs.report)),
        Text("The same for one number, in a terminal:"),
        Code(f"oib trace --study {inputs.report.study.name} --city {code} --year {year}"),
    ]
    if found.empty:
        return (*blocks, Notice("No release that the study uses has a value of this city."))
    return (*blocks, cells_table(found))
