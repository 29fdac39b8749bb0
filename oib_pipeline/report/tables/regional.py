"""Effects by region with permutation p-values first."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.called import Called
from oib_pipeline.report.headline import TREATMENT
from oib_pipeline.report.labels import TREATED_CITY, convention_without_df, short
from oib_pipeline.report.numbers import decimals_for, fixed, interval, p_phrase, p_value, whole
from oib_pipeline.report.tables.drawn import draws_note, few_ways_notes
from oib_pipeline.report.tables.models import estimate_cell, fit_note
from oib_pipeline.report.text import capital

FEW = (
    "With few {many} in a region, clustered standard errors are too small: go by the permutation "
    "p, which redraws {many} within the region. There are no stars, for that reason."
)
CONTRAST = (
    "An effect that is clear in one region and not in another is no difference between the two; "
    "that is what the test of equality is for."
)


def regional_table(
    frame: pd.DataFrame, *, called: Called = TREATED_CITY, notes: tuple[str, ...] = ()
) -> Table:
    """One row a region and outcome; under each outcome the test that all regions are alike."""
    effects = frame[frame["term"] == TREATMENT]
    rows: list[Row] = []
    for outcome, part in effects.groupby("outcome", sort=False):
        rows.append(Row((Cell(short(str(outcome))),), "group", rule=bool(rows)))
        rows += [_row(record) for record in part.to_dict("records")]
        rows.append(Row((Cell(_test(part.iloc[0])),), "group"))
    reasons = effects.loc[effects["estimate"].isna(), ["group", "note"]].drop_duplicates()
    names = (
        "Region", capital(called.many), "Others", "City-years", "Estimate", "95% interval",
        "Permutation p", "Clustered p", "R² within",
    )  # fmt: skip
    redrawn = effects[effects["p_t"].notna()]
    said = effects["convention"].replace("", None).dropna()
    return Table(
        name="regional",
        title="Effect by region",
        align="lrrrrrrrr",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=(
            "Standard errors in parentheses.",
            FEW.format(many=called.many),
            CONTRAST,
            fit_note(frame),
            *(draws_note(redrawn) if len(redrawn) else ()),
            *few_ways_notes(redrawn, called),
            *([f"Standard errors {convention_without_df(said.iloc[0])}."] if len(said) else []),
            *(f"{row.group}: n.a. because {row.note}." for row in reasons.itertuples()),
            *notes,
        ),
        data=frame,
    )


def _row(record: dict) -> Row:
    places = decimals_for(record["se"], record["estimate"])
    counts = ("n_treated", "n_control", "n_obs")
    return Row(
        (
            Cell(str(record["group"])),
            *(Cell(whole(record[name]), value=record[name]) for name in counts),
            estimate_cell(record["estimate"], record["se"], float("nan"), places),
            Cell(interval(record["ci_low"], record["ci_high"], decimals_for(record["se"]))),
            Cell(p_value(record["p_t"]), value=record["p_t"]),
            Cell(p_value(record["p"]), value=record["p"]),
            Cell(fixed(record["r2_within"], 3), value=record["r2_within"]),
        )
    )


def _test(row: pd.Series) -> str:
    if pd.isna(row["joint_p"]):
        return "Test that the regions’ effects are equal: not defined"
    df = f"{int(row['joint_df'])}, {int(row['joint_df_denominator'])}"
    text = (
        f"Test that the regions’ effects are equal: F({df}) = {row['joint_statistic']:.2f}, "
        f"{p_phrase(row['joint_p'])}"
    )
    if pd.notna(row["joint_p_permuted"]):
        text += f"; by permutation {p_phrase(row['joint_p_permuted'])}"
    return text
