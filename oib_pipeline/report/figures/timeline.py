"""The policy's documents through time, over the years that the study covers."""

from __future__ import annotations

import re
from textwrap import wrap
from typing import Any

import pandas as pd

from oib_pipeline.contract.counting import noun
from oib_pipeline.report.blocks import Figure
from oib_pipeline.report.figures.style import INK, PALE, VERMILION, picture, sheet
from oib_pipeline.report.inputs import ReportInputs
from oib_pipeline.report.numbers import month
from oib_pipeline.report.text import visible

LINE = 54  # characters of a label before it wraps
ROW = 0.31  # inches
ROOM = 5.2  # years that a label needs to its right


def timeline_figure(inputs: ReportInputs) -> Figure:
    """A row a document, at its month (or over its year), with what it does beside it."""
    documents = inputs.registry.documents_of(inputs.study.policy)
    own = set(inputs.registry.policy(inputs.study.policy)["document"])
    first, last = inputs.study.year_list[0], inputs.study.year_list[-1]
    dates = [_span(str(date)) for date in documents["date"]]
    left = min(first, *(begin for begin, _ in dates)) - 0.3
    right = max(last + 1, *(end for _, end in dates)) + 0.3
    with sheet(0.85 + ROW * len(documents), left=0.3, right=0.3, top=0.12, bottom=0.55) as (
        figure,
        axes,
    ):
        axes.axvspan(first, last + 1, color=PALE, zorder=0, linewidth=0)
        late = [row for row, (_, end) in enumerate(dates) if end >= inputs.start]
        top = (late[0] if late else len(dates)) - 0.5
        axes.vlines(
            inputs.start, top, len(documents), color=VERMILION, linewidth=1, linestyle=(0, (4, 3))
        )
        for row, (record, (begin, end)) in enumerate(
            zip(documents.itertuples(), dates, strict=True)
        ):
            _mark(axes, row, begin, end, own=record.document in own)
            _label(axes, row, begin, end, _words(record), right - ROOM)
        axes.set_xlim(left, right)
        axes.set_ylim(len(documents) - 0.4, -0.9)
        axes.set_yticks([])
        years = range(int(first), int(right) + 1)
        axes.set_xticks([year + 0.5 for year in years], [str(year) for year in years])
        axes.tick_params(axis="x", length=0)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(
            f"Shaded: the years of the panel. Dashed: {inputs.start}, the first year of the policy",
            labelpad=4,
        )
        return picture(
            figure,
            "policy-timeline",
            "The policy’s documents through time",
            _alt(documents, inputs.start),
            notes=_notes(own, dates),
        )


def _notes(own: set[str], dates: list[tuple[float, float]]) -> tuple[str, ...]:
    begins = f"Orange: the {noun(own, 'document')} this study takes as the policy’s beginning."
    bar = " Bar: only the year is known." if any(end > begin for begin, end in dates) else ""
    return f"{begins}{bar}", "Titles and issuers are in [[policy-documents]]."


def _span(date: str) -> tuple[float, float]:
    """Where a date lies on the axis of years; a year alone is a span."""
    found = re.match(r"(\d{4})(?:-(\d{2}))?", date)
    if not found:
        raise ValueError(f"a policy document is dated {date!r}; give a year or year-month")
    if not found[2]:
        return float(found[1]), float(found[1]) + 1
    at = int(found[1]) + (int(found[2]) - 0.5) / 12
    return at, at


def _mark(axes: Any, row: int, begin: float, end: float, *, own: bool) -> None:
    colour = VERMILION if own else INK
    if end > begin:
        axes.hlines(row, begin + 0.04, end - 0.04, color=colour, linewidth=3.5)
    else:
        axes.plot([begin], [row], "D" if own else "o", color=colour, markersize=7 if own else 5)


def _label(axes: Any, row: int, begin: float, end: float, words: str, last: float) -> None:
    right = begin < last
    axes.annotate(
        "\n".join(wrap(words, LINE)),
        (end if right else begin, row),
        xytext=(7 if right else -7, 0),
        textcoords="offset points",
        ha="left" if right else "right",
        va="center",
        size=7.5,
        linespacing=1.05,
    )


def _words(record: Any) -> str:
    when = month(str(record.date)).replace("\u00a0", " ")
    return visible(f"{when}: {record.what_it_does}")


def _alt(documents: pd.DataFrame, start: int) -> str:
    said = "; ".join(_words(record) for record in documents.itertuples())
    return f"Timeline of policy documents, the policy beginning in {start}. {said}."
