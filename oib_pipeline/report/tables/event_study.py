"""Effects by year in numbers: event study or dynamic effects, outcomes side by side."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.labels import base_words, convention_words, short
from oib_pipeline.report.numbers import (
    STAR_NOTE,
    decimals_for,
    fixed,
    interval,
    p_value,
    signed,
    stars,
)


def event_study_table(frame: pd.DataFrame, start: int, *, notes: tuple[str, ...] = ()) -> Table:
    """Every year's effect with its pointwise interval and joint band, and the pre-trend test."""
    effects = frame[frame["event_time"].notna()]
    rows: list[Row] = []
    for (outcome, model), part in effects.groupby(["outcome", "model"], sort=False):
        several = len(set(effects.loc[effects["outcome"] == outcome, "model"])) > 1
        title = f"{short(outcome)}, {model}" if several else short(outcome)
        rows.append(
            Row(
                (Cell(f"{title}: effects relative to {base_words(part['base'].iloc[0])}"),), "group"
            )
        )
        rows += [_row(record, start) for record in part.sort_values("year").to_dict("records")]
        rows.append(Row((Cell(_test(part.iloc[0], start)),), "group"))
    names = ("Year", "Estimate", "Std. error", "p", "95% interval", "95% joint band")
    return Table(
        name="event-study-effects",
        title="Effects by year",
        align="lrrrrr",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=(
            f"Standard errors {convention_words(effects['convention'].iloc[0])}. {STAR_NOTE}",
            "Joint bands (sup-t) hold all years at once.",
            *notes,
        ),
        data=frame,
    )


def _row(record: dict, start: int) -> Row:
    ends = [record[name] for name in ("ci_low", "ci_high", "joint_low", "joint_high")]
    places = decimals_for(record["se"], record["estimate"])
    year = int(record["year"])
    return Row(
        (
            Cell(f"{year} ({signed(year - start)})"),
            Cell(
                fixed(record["estimate"], places),
                stars=stars(record["p"]),
                value=record["estimate"],
            ),
            Cell(fixed(record["se"], places), value=record["se"]),
            Cell(p_value(record["p"]), value=record["p"]),
            Cell(interval(ends[0], ends[1], decimals_for(record["se"]))),
            Cell(interval(ends[2], ends[3], decimals_for(record["se"]))),
        )
    )


def _test(row: pd.Series, start: int) -> str:
    if pd.isna(row["pretrend_p"]):
        return f"No joint test of the years before {start}: not defined"
    value = p_value(row["pretrend_p"])
    relation = value if value.startswith("<") else f"= {value}"
    return (
        f"All effects before {start} are zero: F({int(row['pretrend_df'])}, "
        f"{int(row['pretrend_df_denominator'])}) = {row['pretrend_statistic']:.2f}, p {relation}"
    )
