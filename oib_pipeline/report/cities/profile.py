"""A city's page, sentences, output folder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from oib_pipeline.contract.counting import plural
from oib_pipeline.report.cities.comparisons import (
    Comparison,
    Comparisons,
    ProfileInputs,
    paths_figure,
    registry_facts,
)
from oib_pipeline.report.cities.tables import (
    cells,
    cells_table,
    paths_table,
    values,
    values_table,
    weights_table,
)
from oib_pipeline.report.document.blocks import (
    Block,
    Cell,
    Code,
    Head,
    Notice,
    Part,
    Points,
    Row,
    Section,
    Table,
    Text,
)
from oib_pipeline.report.document.document import Document
from oib_pipeline.report.document.format_numbers import fixed, number, percent
from oib_pipeline.report.document.labels import capital, in_words, short
from oib_pipeline.report.document.treated import Called
from oib_pipeline.report.formats.html import INDEX, cities_page, listed, page
from oib_pipeline.report.render import BANNER
from oib_pipeline.report.sections.results import synthetic_note
from oib_pipeline.report.text.catalogue import text

EXACT = 1e-6
CAUTION = (
    "One city’s gap is no estimate of the policy: {times} before it {are} few to judge a synthetic "
    "control by, and the city may have gone its own way for other reasons."
)


def comparison_sentences(
    inputs: ProfileInputs, made: Sequence[Comparison], city: str, region: str, code: str
) -> list[Block]:
    """How each outcome moved, here and elsewhere."""
    points: list[str] = []
    for one in made:
        points.append(_moved(one, city, region))
        if one.synthetic is not None:
            points.append(_gap(one, city, inputs.report.called))
    blocks: list[Block] = [Points(tuple(points))]
    start = inputs.start(code)
    if start is None:
        return blocks
    times = sum(year < start for year in inputs.report.study.year_list)
    blocks.append(
        Text(
            CAUTION.format(times=plural(times, "year"), are="is" if times == 1 else "are"), "small"
        )
    )
    lacking = [one for one in made if one.synthetic is None]
    for one in lacking:
        blocks.append(
            Notice(f"There is no synthetic control for {short(one.outcome)}: {one.reason}.")
        )
    return blocks


def matches_blocks(comparisons: Comparisons, code: str) -> list[Block]:
    """The cities a pilot is matched with, or the pilots a city stands in for."""
    pilot = comparisons.cities.loc[code, "treated"] == 1
    called = comparisons.inputs.report.called
    side, other = ("pilot", "control") if pilot else ("control", "pilot")
    rows: list[Row] = []
    for outcome, pairs in comparisons.matches.items():
        own = pairs[pairs[side] == code]
        if own.empty:
            continue
        rows.append(Row((Cell(short(outcome)),), "group"))
        rows += [
            Row(
                (
                    Cell(
                        str(comparisons.cities.loc[pair[other], "city"]), link=listed(pair[other])
                    ),
                    Cell(str(comparisons.cities.loc[pair[other], "province"])),
                    Cell(fixed(pair[f"{side}_score"], 3), value=pair[f"{side}_score"]),
                    Cell(fixed(pair[f"{other}_score"], 3), value=pair[f"{other}_score"]),
                    Cell(percent(pair["share"])),
                )
            )
            for pair in own.to_dict("records")
            if pair[other] in comparisons.cities.index
        ]
    if not rows:
        nobody = f"no {called.one}’s nearest neighbour"
        said = f"This {called.one} has no match" if pilot else f"The city is {nobody}"
        given = comparisons.inputs.report.has("scores")
        reason = "" if given else f": {comparisons.inputs.report.reason('scores')}"
        return [Text(f"{said}{reason}.")]
    title = "Matched cities" if pilot else f"{capital(called.many)} it is the nearest neighbour of"
    score = f"the estimated probability of being {called.being_one}"
    names = ("City", "Province", "Score here", "Score there", "Share of the match")
    return [
        Table(
            name="matches",
            title=title,
            align="llrrr",
            head=(tuple(Head(name) for name in names),),
            rows=tuple(rows),
            notes=(f"Nearest neighbours by {score}.",),
        )
    ]


def data_caveats(inputs: ProfileInputs, code: str) -> list[Block]:
    """Missing values, findings and conflicts of the city's own data."""
    blocks: list[Block] = []
    groups = (
        ("missing", text("part.profile.missing"), _missing),
        ("findings", text("part.profile.findings"), _finding),
        ("conflicts", text("part.profile.conflicts"), _conflict),
    )
    for name, title, tell in groups:
        frame = inputs.report.frame(name)
        own = frame[frame["city_code"] == code] if not frame.empty else frame
        if own.empty:
            continue
        blocks += [
            Part(f"{name}-part", title),
            Points(tuple(dict.fromkeys(tell(row) for row in own.to_dict("records")))),
        ]
    return blocks or [Text("Nothing: no value is missing, no finding and no conflict touches it.")]


def _missing(row: dict) -> str:
    repair = row.get("repair")
    then = f"; {repair}" if isinstance(repair, str) and repair else "; left out"
    return f"{short(row['variable'])} in {row['year']}: {row['reason']}{then}."


def _finding(row: dict) -> str:
    return f"{capital(str(row['severity']))}: {in_words(str(row['message']))}"


def _conflict(row: dict) -> str:
    return (
        f"{short(row['variable'])} in {row['year']}: {number(row['chosen_value'])} was chosen "
        f"({row['chosen_place']}), {number(row['value'])} passed over ({row['place']})."
    )


def _moved(one: Comparison, city: str, region: str) -> str:
    own = one.own.dropna()
    name = short(one.outcome)
    if len(own) < 2:
        return f"{name}: {plural(len(own), 'value')} of {city} in these years."
    near = one.region.reindex(own.index)
    first, last = own.index[0], own.index[-1]
    change, there = own.iloc[-1] - own.iloc[0], near.iloc[-1] - near.iloc[0]
    beside = (
        f", against {number(there)} on average in the other cities of the sample in "
        f"{in_region(region)}"
        if pd.notna(there)
        else ""
    )
    return (
        f"{name} of {city} went from {number(own.iloc[0])} in {first} to {number(own.iloc[-1])} "
        f"in {last}, a change of {number(change)}{beside}."
    )


def in_region(region: str) -> str:
    """A region as it stands in a sentence: the West, the central region."""
    return "the central region" if region == "Central" else f"the {region}"


def _gap(one: Comparison, city: str, called: Called) -> str:
    fit = one.synthetic
    assert fit is not None
    side = "above" if fit.effect > 0 else "below"
    near = (
        "exactly"
        if fit.rmse_before < EXACT
        else f"to within {number(fit.rmse_before)} (root mean square)"
    )
    return (
        f"{short(one.outcome)} from {int(fit.start)} on lay {number(abs(fit.effect))} {side} the "
        f"synthetic control of {city}, which had followed it {near} before. The same was done for "
        f"{plural(one.of, 'city', 'cities')} that {called.never}: {one.as_large} of them "
        f"{'shows' if one.as_large == 1 else 'show'} a gap at least as large."
    )


FILES = (("All cities", "index.html"), ("The report", "../index.html"))


def profile_document(inputs: ProfileInputs, comparisons: Comparisons, code: str) -> Document:
    """The document of one city of the study."""
    row, start = inputs.known(code), inputs.start(code)
    called = inputs.report.called
    role = called.not_one if start is None else called.since(start)
    sections = [
        Section("city", text("heading.profile.city"), tuple(registry_facts(inputs, code))),
        Section(
            "structure", text("heading.profile.structure"), _structure(inputs, comparisons, code)
        ),
        Section("values", text("heading.profile.values"), _values(inputs, code)),
        Section("doubts", text("heading.profile.doubts"), tuple(data_caveats(inputs, code))),
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
        blocks.append(paths_table(drawn, *shown, synthetic_note(inputs.report)))
    weights = weights_table(made, comparisons.cities)
    return (*blocks, *([weights] if weights else []), *matches_blocks(comparisons, code))


def _values(inputs: ProfileInputs, code: str) -> tuple[Block, ...]:
    found = cells(inputs, code)
    year = inputs.report.study.year_list[-1]
    blocks: list[Block] = [
        values_table(values(inputs, code), synthetic_note(inputs.report)),
        Text("The same for one number, in a terminal:"),
        Code(f"oib trace --study {inputs.report.study.name} --city {code} --year {year}"),
    ]
    if found.empty:
        return (*blocks, Notice("No release that the study uses has a value of this city."))
    return (*blocks, cells_table(found))


OWN = re.compile(r"\d{6}\.html")


def write_profiles(inputs: ProfileInputs, folder: Path, codes: Iterable[str] = ()) -> list[Path]:
    """Write ``<code>.html`` for some cities of the study, and the index of all.

    The same inputs give the same bytes. Pages of cities that are not in the sample are removed.

    Parameters
    ----------
    folder : Path
        Made if it is not there; ``cities`` of the report's folder, so that links arrive.
    codes
        Cities to write; others of the sample keep the page they have. All by default.

    Returns
    -------
    list of Path
        The pages written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sample, comparisons = inputs.cities, Comparisons(inputs)
    wanted = set(codes) & set(sample) if codes else set(sample)
    written = []
    for code in sorted(wanted):
        path = folder / f"{code}.html"
        path.write_bytes(page(profile_document(inputs, comparisons, code)).encode())
        written.append(path)
    for other in sorted(path for path in folder.iterdir() if OWN.fullmatch(path.name)):
        if other.stem not in sample:
            other.unlink()
    made = {path.stem for path in folder.iterdir() if OWN.fullmatch(path.name)}
    (folder / INDEX).write_bytes(cities_page(inputs.report, made).encode())
    return written
