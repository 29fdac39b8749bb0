"""Agreeing and contrary checks, the conclusion in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from oib_pipeline.contract.counting import plural
from oib_pipeline.report.document.format_numbers import (
    decimals_for,
    fixed,
    interval,
    number,
    p_phrase,
    percent,
    whole,
)
from oib_pipeline.report.document.labels import capital, listing, method_words, named
from oib_pipeline.report.document.treated import Called
from oib_pipeline.report.figures.specification_curve import significant
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.text.flagged import unflagged
from oib_pipeline.report.text.headline import TREATMENT, Headline

LEVEL = 0.05
BOOTSTRAP = "wild bootstrap (rademacher)"
# When a check agrees, by its kind.
RULES = {
    "p": "A p-value agrees with the headline where both lie on one side of 5%.",
    "before": "The years before agree where the two groups were not moving apart by then.",
    "matched": (
        "Matched estimates agree where all have the headline’s sign and lie inside its interval."
    ),
    "specifications": (
        "Specifications agree with a clear headline where more than half are of its sign and clear "
        "themselves, with an unclear one where fewer are."
    ),
    "unflagged": (
        "Without flagged values the estimate agrees where it has the headline’s sign, lies inside "
        "its interval and its p on the same side of 5%. A rule flags what is unlikely, which may "
        "be true: this tells how much rests on such values, not which is right."
    ),
}


@dataclass(frozen=True)
class Check:
    """One check of one headline: what was done, what came out, whether it agrees.

    ``kind`` is that of its rule in ``RULES``.
    """

    what: str
    where: str
    found: str
    agrees: bool
    kind: str = "p"


def checks(head: Headline, inputs: ReportInputs) -> list[Check]:
    """The checks that were made of a headline, in the order of the report."""
    if not head.defined:
        return []
    made = (
        _permutation(head, inputs),
        _bootstrap(head, inputs.frame("inference")),
        _before(head, inputs.frame("event_study"), inputs.start),
        _matched(head, inputs.frame("psm_did")),
        _specifications(head, inputs.frame("robustness")),
        _curve(head, inputs.frame("curve_test")),
        _unflagged(head, inputs),
    )
    return [check for check in made if check is not None]


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


def regions_sentence(head: Headline, inputs: ReportInputs) -> str:
    """Whether the regions' effects are seen to differ; empty where that was not tested."""
    rows = _own(inputs.frame("regional"), head)
    if rows.empty:
        return ""
    for column, by in (("joint_p_permuted", " by permutation"), ("joint_p", "")):
        found = rows[column].dropna() if column in rows else pd.Series(dtype=float)
        if len(found):
            p = float(found.iloc[0])
            differ = "differ" if p < LEVEL else "are not seen to differ"
            return (
                f"{head.words.short}: the effects of the regions {differ} (test of equality{by}, "
                f"{p_phrase(p)}; [[region]])."
            )
    return ""


def _permutation(head: Headline, inputs: ReportInputs) -> Check | None:
    p = permutation_p(head, inputs)
    return (
        p
        if p is None
        else _by_p(head, f"{capital(inputs.called.many)} drawn at random", "placebo-test", p)
    )


def _bootstrap(head: Headline, ledger: pd.DataFrame) -> Check | None:
    rows = _own(ledger, head)
    found = rows.loc[rows["method"] == BOOTSTRAP, "p"].dropna() if "method" in rows else None
    if found is None or found.empty:
        return None
    return _by_p(head, "Wild cluster bootstrap", "ledger", float(found.iloc[0]))


def _by_p(head: Headline, what: str, where: str, p: float) -> Check:
    return Check(what, where, p_phrase(p), (p < LEVEL) == (head.p < LEVEL))


def _before(head: Headline, frame: pd.DataFrame, start: int) -> Check | None:
    rows = _own(frame, head)
    found = rows["pretrend_p"].dropna() if "pretrend_p" in rows else None
    if found is None or found.empty:
        return None
    p = float(found.iloc[0])
    apart = "already moving apart" if p < LEVEL else "no sign of moving apart"
    return Check(
        f"Years before {start}",
        "event-study",
        f"{apart}, joint {p_phrase(p)}",
        p >= LEVEL,
        "before",
    )


def _matched(head: Headline, frame: pd.DataFrame) -> Check | None:
    """Estimates on matched cities; the stacked version is left to its table."""
    rows = _own(frame, head)
    if not rows.empty:
        rows = rows[(rows["term"] == TREATMENT) & (rows["matched_on"] == "unit")]
        rows = rows.dropna(subset=["estimate"])
    if rows.empty:
        return None
    ways = listing([method_words(str(method)) for method in rows["method"]])
    values = listing([number(value) for value in rows["estimate"]])
    p = _least_sure(rows)
    largest = "largest " if len(rows) > 1 else ""
    judged = f", {largest}permutation {p_phrase(p)}" if p is not None else ""
    return Check(
        f"Matched cities ({ways})",
        "matching",
        f"{values}{judged}; {_apart(head, rows)}",
        _all_inside(head, rows),
        "matched",
    )


def _least_sure(rows: pd.DataFrame) -> float | None:
    if "p_t" not in rows or rows["p_t"].isna().all():
        return None
    return float(rows["p_t"].max())


def _apart(head: Headline, rows: pd.DataFrame) -> str:
    same, inside = _same_sign(head, rows), _inside(head, rows)
    if len(rows) == 1:
        where = "inside" if inside.all() else "outside"
        sign = "the same sign" if same.all() else "the other sign"
        return f"{sign}, {where} the headline’s interval"
    if not same.all():
        return f"{whole(int((~same).sum()))} of {whole(len(rows))} have the other sign"
    if inside.all():
        return "all inside the headline’s interval"
    return f"same sign, {whole(int((~inside).sum()))} outside the headline’s interval"


def _all_inside(head: Headline, rows: pd.DataFrame) -> bool:
    return bool((_same_sign(head, rows) & _inside(head, rows)).all())


def _same_sign(head: Headline, rows: pd.DataFrame) -> pd.Series:
    return pd.Series(np.sign(rows["estimate"]) == np.sign(head.estimate))


def _inside(head: Headline, rows: pd.DataFrame) -> pd.Series:
    return rows["estimate"].between(head.ci_low, head.ci_high)


def _specifications(head: Headline, frame: pd.DataFrame) -> Check | None:
    rows = _own(frame, head)
    rows = rows if rows.empty else rows.dropna(subset=["estimate"])
    if rows.empty:
        return None
    same = np.sign(rows["estimate"]) == np.sign(head.estimate)
    clear = same & significant(rows)
    span = interval(float(rows["estimate"].min()), float(rows["estimate"].max()))
    return Check(
        plural(len(rows), "other specification"),
        "robust",
        f"{span}; {percent(float(same.mean()))} have the headline’s sign, "
        f"{percent(float(clear.mean()))} are of its sign and clear at 5%",
        bool(clear.mean() > 0.5) == head.clear,
        "specifications",
    )


def _curve(head: Headline, frame: pd.DataFrame) -> Check | None:
    rows = _own(frame, head)
    found = rows.dropna(subset=["p"]) if "p" in rows else rows
    if found.empty:
        return None
    middle = found[found["statistic"].astype(str).str.contains("median")]
    p = float((middle if len(middle) else found)["p"].iloc[0])
    return _by_p(head, "All specifications together", "robust", p)


def _unflagged(head: Headline, inputs: ReportInputs) -> Check | None:
    """The same model without city-years that rest on a flagged value, where it uses any."""
    row = unflagged(head, inputs)
    if row is None:
        return None
    what, where = "Without flagged values", "sure"
    if pd.isna(row["estimate"]):
        return Check(what, where, f"no estimate: {row['note']}", False, "unflagged")
    estimate, p = float(row["estimate"]), float(row["p"])
    places = decimals_for(head.se)
    left = head.n_obs - int(row["n_obs"])
    span = interval(float(row["ci_low"]), float(row["ci_high"]), places)
    inside = head.ci_low <= estimate <= head.ci_high and estimate * head.estimate > 0
    return Check(
        what,
        where,
        f"{fixed(estimate, places)} ({span}), {p_phrase(p)}; {plural(left, 'city-year')} fewer",
        inside and (p < LEVEL) == (head.p < LEVEL),
        "unflagged",
    )


def _own(frame: pd.DataFrame, head: Headline) -> pd.DataFrame:
    return frame if frame.empty else frame[frame["outcome"] == head.outcome]


Judged = Sequence[tuple[Headline, Sequence[Check]]]


def conclusion(judged: Judged, inputs: ReportInputs) -> str:
    """What the numbers say of every outcome, and how many of the checks agree."""
    sure = [head for head, _ in judged if _sure(head, inputs)]
    torn = [head for head, _ in judged if head.clear and not _sure(head, inputs)]
    rest = [head for head, _ in judged if not head.clear]
    called = inputs.called
    said = [*_moved(sure, called), *_unclear(rest, len(judged)), *_torn(torn, called)]
    return " ".join([*said, *_agreement(judged), *_older(judged, inputs.start, called)])


def agreement_sentences(judged: Judged) -> list[str]:
    """Which checks do not agree with each headline, by name."""
    said = []
    for head, made in judged:
        against = [check.what[0].lower() + check.what[1:] for check in made if not check.agrees]
        if made:
            said.append(
                f"{head.words.short}: {_how_many(len(made) - len(against), len(made))} with the "
                "headline" + (f"; against it: {listing(against)}." if against else ".")
            )
    return said


def _how_many(agree: int, made: int) -> str:
    if made == 1:
        return f"the one check {'agrees' if agree else 'does not agree'}"
    return f"{agree} of {plural(made, 'check')} agree"


def _sure(head: Headline, inputs: ReportInputs) -> bool:
    """Clear by clustered errors, and by redrawn pilots where that was done."""
    p = permutation_p(head, inputs)
    return head.clear and (p is None or p < LEVEL)


def _moved(heads: list[Headline], called: Called) -> list[str]:
    if not heads:
        return []
    moved = listing(
        [f"{named(head.outcome)} {'rose' if head.estimate > 0 else 'fell'}" for head in heads]
    )
    return [
        (
            f"Compared with how the other cities moved, {moved} in {called.own}, by more than "
            "chance would explain."
        )
    ]


def _unclear(heads: list[Headline], total: int) -> list[str]:
    if not heads:
        return []
    if len(heads) == total:
        names = " or ".join(named(head.outcome) for head in heads)
        return [f"These data show no effect on {names} that could be told from chance."]
    return [
        f"For {listing([named(head.outcome) for head in heads])} no effect can be told from chance."
    ]


def _torn(heads: list[Headline], called: Called) -> list[str]:
    return [
        f"For {named(head.outcome)} the usual standard error sees an effect, but redrawing which "
        f"cities are {called.being} does not: take it as open."
        for head in heads
    ]


def _agreement(judged: Judged) -> list[str]:
    made = [check for _, checks in judged for check in checks]
    if not made:
        return []
    agree = sum(check.agrees for check in made)
    if len(made) == 1:
        return [f"{capital(_how_many(agree, 1))} with this ([[checks-summary]])."]
    if agree == len(made):
        return [f"All {agree} checks agree with this ([[checks-summary]])."]
    return [f"Of {len(made)} checks {agree} agree with this ([[checks-summary]])."]


def _older(judged: Judged, start: int, called: Called) -> list[str]:
    """Outcomes whose groups were moving apart before the policy."""
    names = [
        head.words.short
        for head, made in judged
        if any(check.where == "event-study" and not check.agrees for check in made)
    ]
    if not names:
        return []
    return [
        (
            f"For {listing(names)} {called.kind} and other cities were already moving apart "
            f"before {start}, so there the comparison says little about the policy, either way."
        )
    ]
