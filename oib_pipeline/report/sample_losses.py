"""Which cities a model lost and what they lack, in sentences."""

from __future__ import annotations

import re

import pandas as pd

from oib_pipeline.contract.variables import variables
from oib_pipeline.report.called import Called
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.labels import in_words
from oib_pipeline.report.numbers import years
from oib_pipeline.report.text import capital, listing

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
