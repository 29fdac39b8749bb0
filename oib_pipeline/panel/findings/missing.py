"""Holes, blanks, copied rows, odd print formats."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pandas as pd

from oib_pipeline.panel.candidates import digits, place
from oib_pipeline.panel.findings.rules import WHERE, Rule, findings_of

LINE = ["line", "variable", "scope"]
ITEM = [*LINE, "city_code"]
REACH = 3  # years; beyond it the edition before tells little of which cities to expect
YEAR_PAGE = ["release", "scope", "year"]


class Held:
    """Values by the line they belong to, each with the years beside it in which it may be missing.

    A line is a release that holds several years of a variable, else its series: there the editions
    hold a year each.
    """

    def __init__(self, sources: pd.DataFrame) -> None:
        self.sources = sources
        self.given = sources[sources["value"].notna()]

    @cached_property
    def rows(self) -> pd.DataFrame:
        """One row a line, city and year; one that a correction took out is there, and empty."""
        there = self.sources["value"].notna() | self.sources["correction"].notna()
        rows = self.sources[there]
        years = rows.groupby(["release", "variable", "scope"], sort=False)["year"]
        several = years.transform("nunique") > 1
        rows = rows.assign(line=rows["release"].where(several, rows["series"]))
        return rows.drop_duplicates([*ITEM, "year"])

    @cached_property
    def after(self) -> pd.DataFrame:
        """Rows without a value in the next year of their line; ``there``: share that has one."""
        return self._lacking(1)

    @cached_property
    def before(self) -> pd.DataFrame:
        """Rows without a value in the year before of their line; ``there`` as above."""
        return self._lacking(-1)

    @cached_property
    def holes(self) -> pd.DataFrame:
        """Missing years with a value on both sides."""
        return self.after.merge(self.before, on=[*ITEM, "absent"], suffixes=("", "_next"))

    def outside(self, side: pd.DataFrame) -> pd.DataFrame:
        """Rows of one side that are no part of a hole."""
        keys = pd.MultiIndex.from_frame(self.holes[[*ITEM, "absent"]])
        return side[~pd.MultiIndex.from_frame(side[[*ITEM, "absent"]]).isin(keys)]

    def _lacking(self, step: int) -> pd.DataFrame:
        rows = self.rows
        held = rows[[*LINE, "year"]].drop_duplicates().sort_values([*LINE, "year"])
        held["absent"] = held.groupby(LINE)["year"].shift(-step)
        held = held[(held["absent"] - held["year"]).abs() <= REACH].astype({"absent": "int64"})
        item = rows.groupby(ITEM, sort=False).ngroup().to_numpy() * 10_000
        there = item + rows["year"].to_numpy()
        rows = rows.assign(item=item).merge(held, on=[*LINE, "year"])
        rows["has"] = np.isin(rows["item"] + rows["absent"], there)
        rows["there"] = rows.groupby([*LINE, "year"])["has"].transform("mean")
        return rows[~rows["has"] & rows["value"].notna()]


def hole(held: Held, rule: Rule) -> pd.DataFrame:
    """Cities without a value between two years in which the same source has one."""
    said = "no {variable}, although {place} has {held:g} and {place_next} has {held_next:g}"
    rows = _listed(held.holes)
    ends = {f"{name}_next": name for name in ("release", "file", "sheet", "cell")}
    rows["place_next"] = place(rows[list(ends)].rename(columns=ends))
    rows["held_next"] = rows["value_next"]
    return findings_of(_first_of_sources(rows), "a value", said)


def series_ends(held: Held, rule: Rule) -> pd.DataFrame:
    """Cities that a source has no more although it still has most of the others.

    The limit is the least share of the year before's cities that must still be there.
    """
    rows = held.outside(held.after)
    rows = _listed(rows[rows["there"] >= rule.limit])
    return findings_of(
        _first_of_sources(rows), "a value", "no {variable} after {place}, which has {held:g}"
    )


def series_begins(held: Held, rule: Rule) -> pd.DataFrame:
    """Cities that a source has only from a year on in which it has most others already before.

    The limit is the least share of the year's cities that must be there before it.
    """
    rows = held.outside(held.before)
    rows = _listed(rows[rows["there"] >= rule.limit])
    return findings_of(
        _first_of_sources(rows), "a value", "no {variable} before {place}, which has {held:g}"
    )


def blank_cell(held: Held, rule: Rule) -> pd.DataFrame:
    """Cities of a release of one year that lack a variable most others of the release have.

    A city counts by any page of the release: one whose only figure is blank is on no other line of
    its page. The limit is the least share of the cities that must have it.
    """
    rows = held.given
    years = rows.groupby(["release", "file"], sort=False)["year"].transform("nunique")
    rows = rows[years == 1]
    cities = rows.drop_duplicates([*YEAR_PAGE, "city_code"])
    total = cities.groupby(YEAR_PAGE).size().rename("of").reset_index()
    filled = rows.groupby([*YEAR_PAGE, "variable"]).size().rename("n").reset_index()
    filled = filled.merge(total, on=YEAR_PAGE)
    nearly = filled[(filled["n"] >= rule.limit * filled["of"]) & (filled["n"] < filled["of"])]
    wanted = cities[[*YEAR_PAGE, "city_code", "file", "sheet", "cell"]].merge(nearly, on=YEAR_PAGE)
    key = ["release", "city_code", "year", "scope", "variable"]
    lacking = wanted.merge(rows[key].assign(there=True), on=key, how="left")
    lacking = lacking[lacking["there"].isna()]
    lacking = lacking.assign(value=float("nan"), line=lacking["release"], place=place(lacking))
    said = "no {variable}, although {place} has the city; {n} of {of} cities of the release have it"
    return findings_of(_first_of_sources(lacking), "a value", said)


def _listed(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows at the year that is missing, with the value and the place beside it."""
    rows = rows.assign(held=rows["value"], place=place(rows), year=rows["absent"])
    return rows.assign(value=float("nan"))


def _first_of_sources(rows: pd.DataFrame) -> pd.DataFrame:
    """The first of several sources that lack the same value; its place is told already."""
    rows = rows.sort_values([*WHERE, "variable", "line"]).drop(columns="cell")
    return rows.drop_duplicates([*WHERE, "variable"])


SHEET_PAGE = ["release", "file", "sheet", "year"]


def copied_value(held: Held, rule: Rule) -> pd.DataFrame:
    """Values equal to that of the row above, where enough digits are printed to make it odd."""
    rows = held.given
    rows = rows[digits(rows["text"]) >= rule.limit]
    parts = rows["cell"].str.extract(r"^([A-Z]+)(\d+)$")
    rows = rows.assign(column=parts[0], row=parts[1].astype("int64"), place=place(rows))
    above = rows.assign(row=rows["row"] + 1)[
        [*SHEET_PAGE, "column", "row", "text", "city_code", "place"]
    ]
    key = [*SHEET_PAGE, "column", "row", "text"]
    rows = rows.merge(above, on=key, suffixes=("", "_above"))
    rows = rows[rows["city_code"] != rows["city_code_above"]]
    message = "{variable} is {text}, as in the row above, of {city_code_above} ({place})"
    return findings_of(_first_of_places(rows), "another value than {text}", message)


def copied_row(held: Held, rule: Rule) -> pd.DataFrame:
    """Cities whose values on a page are all those of another city, with enough digits in all."""
    rows = held.given.sort_values([*SHEET_PAGE, "city_code", "scope", "variable"])
    rows = rows.assign(digits=digits(rows["text"]))
    grouped = rows.groupby([*SHEET_PAGE, "city_code"], sort=False)
    texts = grouped.agg(
        all=("text", "|".join), n=("text", "size"), digits=("digits", "sum"),
        **{name: (name, "first") for name in ("scope", "variable", "value", "cell")},
    ).reset_index()  # fmt: skip
    texts = texts[(texts["n"] > 1) & (texts["digits"] >= rule.limit)]
    same = texts[texts.duplicated([*SHEET_PAGE, "all"], keep=False)]
    others = same.groupby([*SHEET_PAGE, "all"])["city_code"].transform(", ".join)
    message = "all {n} values are the same for {others} ({place})"
    return findings_of(_first_of_places(same.assign(others=others)), "values of its own", message)


def _first_of_places(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.assign(place=place(rows)).drop(columns="cell")
    return rows.drop_duplicates([*WHERE, "variable"])


COLUMN = ["release", "file", "sheet", "scope", "variable"]
ENOUGH = 15  # values from which a column's decimals are known
MADE = 4  # decimals beyond which a column was computed, and their number says nothing


def odd_decimals(held: Held, rule: Rule) -> pd.DataFrame:
    """Values with more decimals than the others of their column: 1258.50 among whole numbers.

    The limit is the greatest share of a column that may be printed so and still be odd.
    """
    rows = held.given
    text = rows["text"].fillna("").astype(str).str.strip()
    point = text.str.find(".")
    decimals = (text.str.len() - point - 1).where((point >= 0) & ~text.str.contains("e"), 0)
    rows = rows.assign(decimals=decimals, place=place(rows))
    counts = rows.groupby([*COLUMN, "decimals"]).size().rename("n").reset_index()
    counts = counts.sort_values([*COLUMN, "decimals"], ascending=False)
    grouped = counts.groupby(COLUMN)
    counts["beyond"] = grouped["n"].cumsum()
    counts["size"] = grouped["n"].transform("sum")
    counts["usual"] = grouped["decimals"].shift(-1)
    allowed = np.maximum(1, rule.limit * counts["size"])
    odd = counts[(counts["beyond"] <= allowed) & (counts["size"] >= ENOUGH)]
    odd = odd[odd["usual"].notna()]
    last = odd.groupby(COLUMN)["usual"].min().rename("usual").reset_index()
    last = last[last["usual"] <= MADE]
    rows = rows.merge(last, on=COLUMN)
    rows = rows[rows["decimals"] > rows["usual"]].drop(columns="cell")
    message = "{variable} is {text}; the others of its column have {usual:.0f} decimals ({place})"
    return findings_of(
        rows.drop_duplicates([*WHERE, "variable"]), "{usual:.0f} decimals or fewer", message
    )
