"""Which other checks agree with the headline and which do not, a sentence each."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oib_pipeline.report.figures.specifications import significant
from oib_pipeline.report.headline import TREATMENT, Headline
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.methods import method_words
from oib_pipeline.report.numbers import interval, number, p_phrase, percent, whole
from oib_pipeline.report.text import listing

SENSITIVE = 0.05


def check_sentences(head: Headline, inputs: ReportInputs) -> list[str]:
    """Sentences on matching, specifications and regions, for what was made of them."""
    made = (
        _matched(head, inputs.frame("psm_did")),
        _specifications(head, inputs.frame("robustness")),
        _regions(head, inputs.frame("regional")),
    )
    return [f"{head.words.short}: {sentence}" for sentence in made if sentence]


def permutation_p(head: Headline, inputs: ReportInputs) -> float | None:
    """The permutation p-value of the headline by t, from the ledger or else the placebo."""
    ledger = _own(inputs.frame("inference"), head)
    if "method" in ledger:
        found = ledger.loc[ledger["method"] == "permutation (t)", "p"].dropna()
        if len(found):
            return float(found.iloc[0])
    placebo = _own(inputs.frame("placebo"), head)
    found = placebo["p_t"].dropna() if "p_t" in placebo else pd.Series(dtype=float)
    return float(found.iloc[0]) if len(found) else None


def _matched(head: Headline, frame: pd.DataFrame) -> str:
    """Estimates on matched cities; the stacked version is left to its table."""
    rows = _own(frame, head)
    if rows.empty:
        return ""
    rows = rows[(rows["term"] == TREATMENT) & (rows["matched_on"] == "unit")]
    rows = rows.dropna(subset=["estimate"])
    if rows.empty:
        return ""
    ways = listing([method_words(str(method)) for method in rows["method"]])
    values = listing([number(value) for value in rows["estimate"]])
    p = _least_sure(rows)
    judged = f" (largest permutation {p_phrase(p)})" if p is not None else ""
    return f"on matched cities ({ways}) the effect is {values}{judged}; {_agree(head, rows)}."


def _least_sure(rows: pd.DataFrame) -> float | None:
    if "p_t" not in rows or rows["p_t"].isna().all():
        return None
    return float(rows["p_t"].max())


def _agree(head: Headline, rows: pd.DataFrame) -> str:
    same = np.sign(rows["estimate"]) == np.sign(head.estimate)
    if not same.all():
        return f"{whole(int((~same).sum()))} of {whole(len(rows))} have the other sign"
    inside = rows["estimate"].between(head.ci_low, head.ci_high)
    if inside.all():
        return "all lie inside the headline’s interval"
    return f"same sign, {whole(int((~inside).sum()))} outside the headline’s interval"


def _specifications(head: Headline, frame: pd.DataFrame) -> str:
    rows = _own(frame, head)
    rows = rows if rows.empty else rows.dropna(subset=["estimate"])
    if rows.empty:
        return ""
    same = np.sign(rows["estimate"]) == np.sign(head.estimate)
    clear = same & significant(rows)
    span = interval(float(rows["estimate"].min()), float(rows["estimate"].max()))
    alike, sure = percent(float(same.mean())), percent(float(clear.mean()))
    return (
        f"under {whole(len(rows))} specifications the estimate runs from {span}; {alike} have the "
        f"headline’s sign, and {sure} also differ from zero at 5%."
    )


def _regions(head: Headline, frame: pd.DataFrame) -> str:
    rows = _own(frame, head)
    if rows.empty:
        return ""
    for column, by in (("joint_p_permuted", " by permutation"), ("joint_p", "")):
        found = rows[column].dropna() if column in rows else pd.Series(dtype=float)
        if len(found):
            p = float(found.iloc[0])
            differ = "differ" if p < SENSITIVE else "are not seen to differ"
            return f"the effects of the regions {differ} (test of equality{by}, {p_phrase(p)})."
    return ""


def _own(frame: pd.DataFrame, head: Headline) -> pd.DataFrame:
    return frame if frame.empty else frame[frame["outcome"] == head.outcome]
