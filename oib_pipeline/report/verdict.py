"""The answer in a few sentences: what moved, whether by more than chance, what speaks against."""

from __future__ import annotations

from collections.abc import Sequence

from oib_pipeline.contract.counting import plural
from oib_pipeline.report.called import Called
from oib_pipeline.report.checks import LEVEL, Check, permutation_p
from oib_pipeline.report.headline import Headline
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.labels import named
from oib_pipeline.report.text import capital, listing

Judged = Sequence[tuple[Headline, Sequence[Check]]]


def verdict(judged: Judged, inputs: ReportInputs) -> str:
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
