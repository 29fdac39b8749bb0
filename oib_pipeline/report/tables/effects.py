"""Headline, regional, matched, specification curve."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oib_pipeline.contract.counting import noun
from oib_pipeline.report.document.blocks import Cell, Head, Row, Table
from oib_pipeline.report.document.format_numbers import (
    STAR_NOTE,
    decimals_for,
    fixed,
    interval,
    number,
    p_phrase,
    p_value,
    percent,
    whole,
)
from oib_pipeline.report.document.labels import (
    TREATED_CITY,
    capital,
    convention_without_df,
    matched_on_words,
    method_words,
    short,
)
from oib_pipeline.report.document.treated import Called
from oib_pipeline.report.figures.specification_curve import (
    choice_words,
    meanings,
    options,
    significant,
)
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.tables.columns import draws_note, few_ways_notes
from oib_pipeline.report.tables.models import decimals_of, estimate_cell, fit_note
from oib_pipeline.report.text.conclusion import permutation_p
from oib_pipeline.report.text.headline import TREATMENT, Headline


def headline_table(found: list[Headline], inputs: ReportInputs) -> Table:
    """One row an outcome: estimate, error, interval, both p-values, size in deviations."""
    rows = []
    for head in found:
        places = decimals_for(head.se, head.estimate)
        rows.append(
            Row(
                (
                    Cell(head.words.short),
                    Cell(fixed(head.estimate, places), value=head.estimate),
                    Cell(fixed(head.se, places), value=head.se),
                    Cell(interval(head.ci_low, head.ci_high, places)),
                    Cell(p_value(head.p), value=head.p),
                    Cell(p_value(permutation_p(head, inputs) or float("nan"))),
                    Cell(fixed(head.in_sd, 2), value=head.in_sd),
                )
            )
        )
    names = ("Outcome", "Estimate", "Std. error", "95% interval", "p", "Permutation p", "In s.d.")
    data = inputs.frame("baseline").merge(
        _keys(found), on=["outcome", "model", "term"], how="inner"
    )
    return Table(
        name="headline",
        title=f"The headline {noun(found, 'estimate')}",
        align="lrrrrrr",
        head=(tuple(Head(name) for name in names),),
        rows=tuple(rows),
        notes=(
            f"Two-way fixed effects {_with(found, inputs)}; {_others(inputs)} in [[baseline]].",
            (
                f"Permutation p: which cities are {inputs.called.being} drawn at random, compared "
                "by t. In s.d.: the estimate over the outcome’s standard deviation."
            ),
        ),
        data=data,
    )


def _with(found: list[Headline], inputs: ReportInputs) -> str:
    if all(head.with_controls for head in found):
        return f"with the study’s {noun(inputs.controls, 'control')}"
    if not any(head.with_controls for head in found):
        return "without controls"
    return "with controls where a model has them"


def _others(inputs: ReportInputs) -> str:
    models = inputs.frame("baseline")[["outcome", "model"]].drop_duplicates()
    return "the model is" if len(models) == 1 else "all models are"


def _keys(found: list[Headline]) -> object:
    import pandas as pd

    return pd.DataFrame(
        [{"outcome": head.outcome, "model": head.model, "term": "did"} for head in found]
    )


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
        rows += [_regional_row(record) for record in part.to_dict("records")]
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


def _regional_row(record: dict) -> Row:
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

FEWER_DRAWS = "City-years get fewer draws because each draw scores and matches all of them anew."


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
    return (*notes, FEWER_DRAWS) if notes else ()


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


CLEAR = "Clear: of the sign of the median, p < 0.05 (by permutation where that was done)."
NUMBERS = ("estimate", "p", "p_t")
FEWER_SPECIFICATIONS = (
    "Options with fewer specifications were tried with fewer of the other options."
)


def robustness_table(
    frame: pd.DataFrame,
    panel: pd.DataFrame,
    *,
    called: Called = TREATED_CITY,
    notes: tuple[str, ...] = (),
) -> Table:
    """For all specifications and those of each option: count, median, range, share clear."""
    outcomes = list(dict.fromkeys(frame["outcome"]))
    chosen_by = options(frame)
    used = frame[[name for name in frame if name in (*chosen_by, *NUMBERS)]]
    parts = {outcome: used[frame["outcome"] == outcome] for outcome in outcomes}
    rows = [_curve_row("All specifications", [parts[outcome] for outcome in outcomes])]
    for name, listed in chosen_by.items():
        rows.append(Row((Cell(capital(choice_words(name, listed[0])[0])),), "group"))
        taken = [parts[outcome][name].astype(str).to_numpy() for outcome in outcomes]
        for option in listed:
            chosen = [parts[o][at == option] for o, at in zip(outcomes, taken, strict=True)]
            rows.append(_curve_row(capital(choice_words(name, option)[1]), chosen))
    under = ("Number", "Median", "Range", "Clear")
    return Table(
        name="robustness",
        title="Estimates by choice of specification",
        align="l" + "rrrr" * len(outcomes),
        head=(
            (Head(), *(Head(short(outcome), len(under), rule=True) for outcome in outcomes)),
            (Head("Choice"), *(Head(text) for _ in outcomes for text in under)),
        ),
        rows=tuple(rows),
        notes=(
            CLEAR,
            FEWER_SPECIFICATIONS,
            *meanings(frame, panel, called),
            *notes,
        ),
        data=frame,
    )


def _curve_row(name: str, parts: list[pd.DataFrame]) -> Row:
    cells: list[Cell] = []
    for part in parts:
        if part.empty:
            cells += [Cell("0", value=0), Cell("\u2014"), Cell("\u2014"), Cell("\u2014")]
            continue
        middle = float(part["estimate"].median())
        clear = significant(part) & (np.sign(part["estimate"]) == np.sign(middle))
        cells += [
            Cell(whole(len(part)), value=len(part)),
            Cell(number(middle), value=middle),
            Cell(interval(part["estimate"].min(), part["estimate"].max())),
            Cell(percent(clear.mean()), value=float(clear.mean())),
        ]
    return Row((Cell(name), *cells))
