"""Difference in differences on matched samples."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.blocks import Cell, Head, Row, Table
from oib_pipeline.report.called import Called
from oib_pipeline.report.headline import TREATMENT
from oib_pipeline.report.labels import TREATED_CITY, convention_without_df, short
from oib_pipeline.report.methods import matched_on_words, method_words
from oib_pipeline.report.numbers import STAR_NOTE, fixed, p_value, whole
from oib_pipeline.report.tables.drawn import draws_note
from oib_pipeline.report.tables.models import decimals_of, estimate_cell, fit_note
from oib_pipeline.report.text import capital

COUNTS = (
    ("n_treated_matched", "Matched {many}"),
    ("n_unmatched", "{Many} without a match"),
    ("n_controls_matched", "Matched others"),
    ("n_obs", "City-years"),
    ("n_clusters", "Cities (clusters)"),
    ("n_singletons", "Singletons dropped"),
)
# where city-years are matched, these count city-years
STACKED = {
    "n_treated_matched": "Matched {kind} city-years",
    "n_unmatched": "{Kind} city-years without a match",
    "n_controls_matched": "Matched other city-years",
}

FEWER = "City-years get fewer draws because each draw scores and matches all of them anew."


def psm_table(
    frame: pd.DataFrame, *, called: Called = TREATED_CITY, notes: tuple[str, ...] = ()
) -> Table:
    """A panel for cities matched, one for stacked city-years; columns by outcome and method."""
    effects = frame[frame["term"] == TREATMENT]
    columns = effects[["outcome", "method"]].drop_duplicates().sort_values("outcome", kind="stable")
    pairs = list(columns.itertuples(index=False, name=None))
    rows: list[Row] = []
    for kind, part in effects.groupby("matched_on", sort=False):
        cells = part.set_index(["outcome", "method"])
        found = [cells.loc[[pair]].iloc[0] if pair in cells.index else None for pair in pairs]
        rows.append(Row((Cell(matched_on_words(str(kind))),), "group", rule=bool(rows)))
        rows += _panel(found, STACKED if kind == "unit-time" else {}, called)
    return Table(
        name="psm-did",
        title="Effect on matched samples (PSM-DID)",
        align="l" + "r" * len(pairs),
        head=_head(pairs),
        rows=tuple(rows),
        notes=(
            f"Standard errors in parentheses take the match as given. {STAR_NOTE}",
            f"They are {convention_without_df(effects['convention'].iloc[0])}.",
            _redrawn(called),
            *_draws(effects),
            fit_note(frame),
            *notes,
        ),
        data=frame,
    )


def _count(value: float) -> Cell:
    """A count; n.a. where the match failed."""
    return Cell(whole(value), value=None if pd.isna(value) else float(value))


def _redrawn(called: Called) -> str:
    return (
        f"Permutation p redraws which cities are {called.being} and repeats score, match and fit."
    )


def _draws(effects: pd.DataFrame) -> tuple[str, ...]:
    """One note where both panels have as many draws, else one each."""
    made = effects[effects["p_t"].notna()] if "p_t" in effects else effects.iloc[:0]
    if "draws" in made and made["draws"].nunique() < 2:
        return draws_note(made)
    notes = [
        note
        for kind, part in made.groupby("matched_on", sort=False)
        for note in draws_note(part, matched_on_words(str(kind)).partition(",")[0])
    ]
    return (*notes, FEWER) if notes else ()


def _head(pairs: list[tuple[str, str]]) -> tuple[tuple[Head, ...], ...]:
    spans: dict[str, int] = {}
    for outcome, _ in pairs:
        spans[outcome] = spans.get(outcome, 0) + 1
    top = (Head(), *(Head(short(outcome), span, rule=True) for outcome, span in spans.items()))
    return top, (Head(), *(Head(method_words(method).capitalize()) for _, method in pairs))


def _panel(found: list[pd.Series | None], words: dict[str, str], called: Called) -> list[Row]:
    places = decimals_of(row for row in found if row is not None)
    effect = (
        Cell("n.a.") if row is None else estimate_cell(row["estimate"], row["se"], row["p"], places)
        for row in found
    )
    rows = [Row((Cell(short(TREATMENT, called)), *effect))]
    if any(row is not None and pd.notna(row.get("p_t")) for row in found):
        cells = (
            Cell() if row is None else Cell(p_value(row["p_t"]), value=row["p_t"]) for row in found
        )
        rows.append(Row((Cell("Permutation p"), *cells)))
    for name, text in COUNTS:
        cells = (Cell() if row is None else _count(row[name]) for row in found)
        said = words.get(name, text).format(
            many=called.many,
            Many=capital(called.many),
            kind=called.kind,
            Kind=capital(called.kind),
        )
        rows.append(Row((Cell(said), *cells)))
    fit = (
        Cell() if row is None else Cell(fixed(row["r2_within"], 3), value=row["r2_within"])
        for row in found
    )
    return [*rows, Row((Cell("R² within"), *fit))]
