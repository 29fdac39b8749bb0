"""Estimation sample and lost cities in words."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from oib_pipeline.contract.counting import plural
from oib_pipeline.contract.variables import variables
from oib_pipeline.report.document.format_numbers import years
from oib_pipeline.report.document.labels import capital, in_words, listing
from oib_pipeline.report.document.treated import Called
from oib_pipeline.report.inputs import EstimationSample, ReportInputs, estimation_sample
from oib_pipeline.report.text.headline import TREATMENT, Headline, headlines

MOST = 12  # names a sentence can carry
COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def lost_sentences(lost: pd.DataFrame, inputs: ReportInputs) -> list[str]:
    """How many cities are lost, which of them are pilots, and what each lacks.

    Parameters
    ----------
    lost
        ``EstimationSample.lost``; empty gives no sentence.
    """
    if lost.empty:
        return []
    return [
        f"{_how_many(lost)} lost{_pilots(lost, inputs.called)}.",
        *(
            f"{_named(part['city'])}: {_lacks(part, inputs)}."
            for _, part in lost.groupby(["lacking", "years"], sort=False)
        ),
    ]


def _how_many(lost: pd.DataFrame) -> str:
    count = len(lost)
    number = COUNTS[count] if count < len(COUNTS) else f"{count:,}"
    return f"{capital(number)} {'city is' if count == 1 else 'cities are'}"


def _pilots(lost: pd.DataFrame, called: Called) -> str:
    pilots = lost.loc[lost["treated"] == 1, "city"]
    if pilots.empty:
        return f", {'none' if len(lost) > 1 else 'not'} {called.being_one}"
    noun = called.one if len(pilots) == 1 else called.many
    return f", among them the {noun} {_named(pilots)}"


def _lacks(part: pd.DataFrame, inputs: ReportInputs) -> str:
    first = part.iloc[0]
    alone = "one city-year alone says nothing about a change"
    if not first["lacking"]:
        return alone
    names = listing([_missing(name, part, inputs) for name in first["lacking"]])
    text = f"no {names} in {years(list(first['years']))}"
    return f"{text}, and {alone}" if (part["n_complete"] == 1).all() else text


def _missing(name: str, part: pd.DataFrame, inputs: ReportInputs) -> str:
    """The variable and, where it is known, what it is made from that no source has."""
    absent = _absent(name, part, inputs)
    words = in_words(name)
    return f"{words} (no source has {listing(absent)})" if absent else words


def _absent(name: str, part: pd.DataFrame, inputs: ReportInputs) -> list[str]:
    missing, sources = inputs.frame("missing"), inputs.frame("sources")
    if missing.empty or "city_code" not in sources:
        return []
    where = [part["city_code"].tolist(), list(part["years"].iloc[0])]
    given = missing[_inside(missing, *where) & (missing["variable"] == name)]
    asked = [
        word
        for word in re.findall(r"\w+", " ".join(given["reason"].unique()))
        if word in variables()
    ]
    held = sources[_inside(sources, *where) & sources["chosen"].astype(bool)]
    return [in_words(word) for word in dict.fromkeys(asked) if word not in set(held["variable"])]


def _inside(frame: pd.DataFrame, cities: list[str], within: list[int]) -> pd.Series:
    return frame["city_code"].isin(cities) & frame["year"].isin(within)


def _named(names: pd.Series) -> str:
    said = [str(name) for name in names]
    if len(said) <= MOST:
        return listing(said)
    return f"{', '.join(said[:MOST])} and {len(said) - MOST} more"


@dataclass(frozen=True)
class HeadlineSample:
    """A headline and its sample; None where the panel does not give the model's own counts."""

    head: Headline
    sample: EstimationSample | None


def headline_samples(inputs: ReportInputs) -> list[HeadlineSample]:
    """The sample of each headline model, in the order of the outcomes."""
    return [HeadlineSample(head, _sample(head, inputs)) for head in headlines(inputs)]


def sample_sentences(inputs: ReportInputs) -> list[str]:
    """How many city-years and cities the headlines use, and which cities they lose, and why.

    Empty where every headline uses the whole panel.
    """
    found = headline_samples(inputs)
    size = len(inputs.panel)
    if all(one.head.n_obs == size for one in found):
        return []
    alike: dict[tuple, list[HeadlineSample]] = {}
    for one in found:
        alike.setdefault(_cities(one), []).append(one)
    return [
        sentence
        for group in alike.values()
        for sentence in _sentences(group, inputs, every=len(alike) == 1)
    ]


def comparison(inputs: ReportInputs) -> str:
    """Whose changes the headlines compare, to stand between "how" and "changed"."""
    treated = inputs.panel.drop_duplicates("city_code")["treated"]
    panel = (int(treated.sum()), int((1 - treated).sum()))
    found = {
        None if one.sample is None else (one.sample.n_pilots, one.sample.n_others)
        for one in headline_samples(inputs)
    } or {panel}
    if found == {panel}:
        rest = "one" if panel[1] == 1 else f"{panel[1]}"
        return f"{inputs.called.they} changed with how the other {rest}"
    if len(found) > 1 or None in found:
        return "those with enough data changed with how the others with enough data"
    pilots, others = next(pair for pair in found if pair)
    return f"the {pilots} with enough data changed with how {plural(others, 'other')}"


def _sample(head: Headline, inputs: ReportInputs) -> EstimationSample | None:
    frame = inputs.frame("baseline")
    terms = frame.loc[
        (frame["outcome"] == head.outcome) & (frame["model"] == head.model), "term"
    ]  # fmt: skip
    controls = [name for name in terms if name in inputs.panel and name != TREATMENT]
    sample = estimation_sample(inputs.panel, head.outcome, controls)
    return sample if sample.fits(head.n_obs, head.n_clusters) else None


def _cities(one: HeadlineSample) -> tuple:
    if one.sample is None:
        return (one.head.n_clusters,)
    return tuple(one.sample.lost["city_code"])


def _sentences(group: list[HeadlineSample], inputs: ReportInputs, *, every: bool) -> list[str]:
    total = inputs.panel["city_code"].nunique()
    n_cities = group[0].head.n_clusters
    who = "The headline models use" if every and len(group) > 1 else _who(group)
    counts = dict.fromkeys(one.head.n_obs for one in group)
    used = (
        f"{next(iter(counts)):,}"
        if len(counts) == 1
        else listing([f"{one.head.n_obs:,} ({one.head.words.short})" for one in group])
    )
    where = f"all {total} cities" if n_cities == total else f"{n_cities} of the {total} cities"
    sample = group[0].sample
    split = (
        f" ({inputs.called.counted(sample.n_pilots)}, {plural(sample.n_others, 'other')})"
        if sample is not None
        else ""
    )
    first = f"{who} {used} of the panel’s {len(inputs.panel):,} city-years, in {where}{split}."
    if sample is None:
        return [first]
    return [first, *lost_sentences(sample.lost, inputs), *_gaps(group)]


def _who(group: list[HeadlineSample]) -> str:
    names = listing([one.head.words.short for one in group])
    return f"The headline {'models' if len(group) > 1 else 'model'} of {names} " + (
        "use" if len(group) > 1 else "uses"
    )


def _gaps(group: list[HeadlineSample]) -> list[str]:
    """City-years not used of cities that are, by outcome."""
    counts = {
        one.head.words.short: len(one.sample.gaps)
        for one in group
        if one.sample is not None and len(one.sample.gaps)
    }
    if not counts:
        return []
    said = listing([f"{count} ({name})" for name, count in counts.items()])
    return [f"Of the other cities, city-years that lack a value are not used: {said}."]
