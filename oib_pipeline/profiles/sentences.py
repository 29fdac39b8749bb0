"""A city's standing in sentences: how it moved, how its counterparts did, what is doubtful."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from oib_pipeline.contract.counting import plural
from oib_pipeline.profiles.comparisons import Comparison, Comparisons
from oib_pipeline.profiles.inputs import ProfileInputs
from oib_pipeline.report.blocks import Block, Cell, Head, Notice, Part, Points, Row, Table, Text
from oib_pipeline.report.called import Called
from oib_pipeline.report.cities import listed
from oib_pipeline.report.labels import in_words, short
from oib_pipeline.report.numbers import fixed, number, percent
from oib_pipeline.report.text import capital

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


def doubts(inputs: ProfileInputs, code: str) -> list[Block]:
    """Missing values, findings and conflicts of the city's own data."""
    blocks: list[Block] = []
    groups = (
        ("missing", "Missing", _missing),
        ("findings", "What looks wrong and was kept", _finding),
        ("conflicts", "Where sources disagree", _conflict),
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
