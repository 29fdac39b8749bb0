"""Findings of values that look copied from another city's row of the same page."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.panel.candidates import digits, place
from oib_pipeline.panel.rules import WHERE, Rule, found
from oib_pipeline.panel.rules_missing import Held

PAGE = ["release", "file", "sheet", "year"]


def copied_value(held: Held, rule: Rule) -> pd.DataFrame:
    """Values equal to that of the row above, where enough digits are printed to make it odd."""
    rows = held.given
    rows = rows[digits(rows["text"]) >= rule.limit]
    parts = rows["cell"].str.extract(r"^([A-Z]+)(\d+)$")
    rows = rows.assign(column=parts[0], row=parts[1].astype("int64"), place=place(rows))
    above = rows.assign(row=rows["row"] + 1)[[*PAGE, "column", "row", "text", "city_code", "place"]]
    key = [*PAGE, "column", "row", "text"]
    rows = rows.merge(above, on=key, suffixes=("", "_above"))
    rows = rows[rows["city_code"] != rows["city_code_above"]]
    message = "{variable} is {text}, as in the row above, of {city_code_above} ({place})"
    return found(_once(rows), "another value than {text}", message)


def copied_row(held: Held, rule: Rule) -> pd.DataFrame:
    """Cities whose values on a page are all those of another city, with enough digits in all."""
    rows = held.given.sort_values([*PAGE, "city_code", "scope", "variable"])
    rows = rows.assign(digits=digits(rows["text"]))
    grouped = rows.groupby([*PAGE, "city_code"], sort=False)
    texts = grouped.agg(
        all=("text", "|".join), n=("text", "size"), digits=("digits", "sum"),
        **{name: (name, "first") for name in ("scope", "variable", "value", "cell")},
    ).reset_index()  # fmt: skip
    texts = texts[(texts["n"] > 1) & (texts["digits"] >= rule.limit)]
    same = texts[texts.duplicated([*PAGE, "all"], keep=False)]
    others = same.groupby([*PAGE, "all"])["city_code"].transform(", ".join)
    message = "all {n} values are the same for {others} ({place})"
    return found(_once(same.assign(others=others)), "values of its own", message)


def _once(rows: pd.DataFrame) -> pd.DataFrame:
    rows = rows.assign(place=place(rows)).drop(columns="cell")
    return rows.drop_duplicates([*WHERE, "variable"])
