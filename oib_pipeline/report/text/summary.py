"""The findings in plain words, generated from the numbers and no further than they carry."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.document.format_numbers import (
    EN_DASH,
    decimals_for,
    fixed,
    interval,
    number,
    p_phrase,
    percent,
)
from oib_pipeline.report.document.labels import TREATED_CITY, Label, capital, short
from oib_pipeline.report.document.treated import Called
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.text.conclusion import permutation_p
from oib_pipeline.report.text.headline import Headline

LEVEL = 0.05


def effect_sentence(head: Headline, inputs: ReportInputs) -> str:
    """Direction, size, interval and size against the outcome's spread."""
    start, last, called = inputs.start, inputs.study.year_list[-1], inputs.called
    places = decimals_for(head.se)
    size = fixed(abs(head.estimate), places)
    span = interval(head.ci_low, head.ci_high, places)
    period = f"{start}{EN_DASH}{last}"
    name = _name(head.words)
    if not head.defined:
        return (
            f"{name}: the estimate for {period} is {fixed(head.estimate, places)}; its standard "
            "error is not defined, so nothing can be said about how sure it is."
        )
    if head.clear:
        way = "higher" if head.estimate > 0 else "lower"
        text = (
            f"{name}: on average over {period} it was {size} {way} in {called.own} "
            f"than it would have been had {called.they} moved with the other cities "
            f"(95% interval {span})."
        )
    else:
        text = (
            f"{name}: the data cannot tell the effect from zero. The estimate for {period} is "
            f"{fixed(head.estimate, places)}, and anything from {span} is compatible with the data."
        )
    return f"{text} {_size(head)}{_meaning(head, inputs.study.words.aims.get(head.outcome, ''))}"


def certainty_sentence(head: Headline, inputs: ReportInputs) -> str:
    """How sure, and by which inference."""
    if not head.defined:
        return f"{head.words.short}: the standard error is not defined, and so neither is p."
    text = (
        f"{head.words.short}: {p_phrase(head.p)} with standard errors clustered in "
        f"{head.n_clusters} cities"
    )
    called, permuted = inputs.called, permutation_p(head, inputs)
    if permuted is None:
        return (
            f"{text}, which is optimistic where few are {called.being}; no permutation test was "
            "made."
        )
    text += f"; {p_phrase(permuted)} when which cities are {called.being} is drawn at random."
    if (permuted < LEVEL) != (head.p < LEVEL):
        text += f" The two disagree at 5%; with few {called.many} the draws are the ones to go by."
    return text


def paper_sentence(head: Headline) -> str:
    """The difference from the published figure, as it is."""
    if head.paper is None:
        return ""
    places = decimals_for(head.estimate, head.paper)
    gap = head.estimate - head.paper
    difference = (
        "no different at this precision"
        if round(gap, places) == 0
        else f"a difference of {fixed(gap, places)}"
    )
    text = (
        f"{head.words.short}: {fixed(head.estimate, places)} here, {fixed(head.paper, places)} in "
        f"the paper, {difference}"
    )
    if not head.defined:
        return f"{text}."
    inside = head.ci_low <= head.paper <= head.ci_high
    return f"{text}; the 95% interval here {'holds' if inside else 'leaves out'} that figure."


def truth_sentence(head: Headline) -> str:
    """How far the estimate is from the effect a synthetic sample was made with."""
    if head.truth is None:
        return ""
    places = decimals_for(head.estimate, head.truth)
    text = (
        f"{head.words.short}: true effect {fixed(head.truth, places)}, "
        f"estimate {fixed(head.estimate, places)}"
    )
    if not head.defined:
        return f"{text}."
    errors = abs(head.estimate - head.truth) / head.se
    return f"{text}, {errors:.1f} standard errors apart."


def pretrend_sentence(
    outcome: str, rows: pd.DataFrame, start: int, called: Called = TREATED_CITY
) -> str:
    """Whether the groups moved apart before the policy, as far as the joint test can say."""
    p = float(rows["pretrend_p"].dropna().iloc[0]) if rows["pretrend_p"].notna().any() else None
    if p is None:
        return f"{short(outcome)}: the joint test of the years before {start} is not defined."
    if p < 0.05:
        return (
            f"{short(outcome)}: {called.kind} and other cities were already moving apart before "
            f"{start} (joint test {p_phrase(p)}), so the estimate may carry an older trend."
        )
    return (
        f"{short(outcome)}: no sign that {called.kind} and other cities were moving apart before "
        f"{start} (joint test {p_phrase(p)}); the test cannot prove that they were not."
    )


def _name(words: Label) -> str:
    """The label with the short name where it does not hold it."""
    return words.label if words.short in words.label else f"{words.label} ({words.short})"


def _size(head: Headline) -> str:
    # A clear effect has its direction in words, "0.04 lower"; its size needs no sign beside it.
    which, size = ("That", abs(head.in_sd)) if head.clear else ("The estimate", head.in_sd)
    return (
        f"{which} is {number(size, least=2)} of the standard deviation of {head.words.short} "
        f"in the sample ({number(head.sd)})."
    )


def _meaning(head: Headline, aim: str) -> str:
    """What a clear effect means, and whether the policy meant it; ``aim`` is empty if unknown."""
    if not head.clear:
        return ""
    better = head.words.better
    means = f" {capital(better)} values mean {_goal(head)}" if better else ""
    if not aim:
        return f"{means}{'.' if means else ''}{_in_output(head)}"
    meant = (head.estimate > 0) == (aim == "higher")
    way = "in the direction the policy intends" if meant else "against what the policy intends"
    move = f", so this is a move {way}." if means else f" This is a move {way}."
    return f"{means}{move}{_in_output(head)}"


def _in_output(head: Headline) -> str:
    """What a clear change of AIS amounts to: it counts output moved up by one sector."""
    if head.outcome != "ais":
        return ""
    return (
        f" It is what {percent(abs(head.estimate))} of output moving one sector "
        f"{'up' if head.estimate > 0 else 'down'}, as between industry and services, would make."
    )


def _goal(head: Headline) -> str:
    return head.words.improvement or "an improvement"
