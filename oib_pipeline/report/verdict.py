"""The answer in a few sentences: what moved, whether by more than chance, what speaks against."""

from __future__ import annotations

from collections.abc import Sequence

from oib_pipeline.contract.counting import plural
from oib_pipeline.report.checks import LEVEL, Check, permutation_p
from oib_pipeline.report.headline import Headline
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.text import listing

Judged = Sequence[tuple[Headline, Sequence[Check]]]


def verdict(judged: Judged, inputs: ReportInputs) -> str:
    """What the numbers say of every outcome, and how many of the checks agree."""
    sure = [head for head, _ in judged if _sure(head, inputs)]
    torn = [head for head, _ in judged if head.clear and not _sure(head, inputs)]
    rest = [head for head, _ in judged if not head.clear]
    said = [*_moved(sure), *_unclear(rest, len(judged)), *_torn(torn)]
    return " ".join([*said, *_agreement(judged), *_older(judged, inputs.start)])


def agreement_sentences(judged: Judged) -> list[str]:
    """Which checks do not agree with each headline, by name."""
    said = []
    for head, made in judged:
        against = [check.what[0].lower() + check.what[1:] for check in made if not check.agrees]
        if made:
            said.append(
                f"{head.words.short}: {len(made) - len(against)} of "
                f"{plural(len(made), 'check')} agree with the headline"
                + (f"; against it: {listing(against)}." if against else ".")
            )
    return said


def _sure(head: Headline, inputs: ReportInputs) -> bool:
    """Clear by clustered errors, and by redrawn pilots where that was done."""
    p = permutation_p(head, inputs)
    return head.clear and (p is None or p < LEVEL)


def _named(head: Headline) -> str:
    words = head.words
    name = words.label[0].lower() + words.label[1:]
    return name if words.short in name else f"{name} ({words.short})"


def _moved(heads: list[Headline]) -> list[str]:
    if not heads:
        return []
    moved = listing([f"{_named(head)} {'rose' if head.estimate > 0 else 'fell'}" for head in heads])
    return [
        (
            f"Compared with how the other cities moved, {moved} in the pilot cities, by more than "
            "chance would explain."
        )
    ]


def _unclear(heads: list[Headline], total: int) -> list[str]:
    if not heads:
        return []
    if len(heads) == total:
        names = " or ".join(_named(head) for head in heads)
        return [f"These data show no effect on {names} that could be told from chance."]
    return [f"For {listing([_named(head) for head in heads])} no effect can be told from chance."]


def _torn(heads: list[Headline]) -> list[str]:
    return [
        f"For {_named(head)} the usual standard error sees an effect, but redrawing which cities "
        "are pilots does not: take it as open."
        for head in heads
    ]


def _agreement(judged: Judged) -> list[str]:
    made = [check for _, checks in judged for check in checks]
    if not made:
        return []
    agree = sum(check.agrees for check in made)
    if agree == len(made):
        return [f"All {agree} checks agree with this ([[checks-summary]])."]
    return [f"Of {len(made)} checks {agree} agree with this ([[checks-summary]])."]


def _older(judged: Judged, start: int) -> list[str]:
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
            f"For {listing(names)} pilot and other cities were already moving apart before "
            f"{start}, so there the comparison says little about the policy, either way."
        )
    ]
