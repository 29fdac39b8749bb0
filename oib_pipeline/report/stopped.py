"""The page of a study that was stopped: what failed and why, what is there and what is not."""

from __future__ import annotations

from collections.abc import Sequence

from oib_pipeline.report.blocks import Block, Code, Facts, Notice, Section, Text
from oib_pipeline.report.cities import BANNER
from oib_pipeline.report.document import Document
from oib_pipeline.report.html import page
from oib_pipeline.study import Study


def stopped_page(
    study: Study, reason: str, stages: Sequence[tuple[str, str]], *, kept: str = ""
) -> str:
    """The page as HTML.

    Parameters
    ----------
    reason
        What the stages that failed said, as a terminal shows it.
    stages
        Every stage of the study with its state, in words.
    kept
        Where the report of the last good state is; empty where there is none.
    """
    what: list[Block] = [
        Notice(
            "There is no new report of this study: something before it failed. Nothing "
            "below is an estimate."
        ),
        Code(reason),
    ]
    if kept:
        what.append(Text(f"The report of the last good state stays as it was: {kept}."))
    todo = Text(
        f"Mend what is named above (the source, its layout, an entry in corrections.yml, the "
        f"study’s file or a table of the registry), then run oib refresh --study {study.name}. "
        "The evidence of each check, with the rows that failed and their cells, is kept under "
        "quality/checks in the data folder."
    )
    document = Document(
        title=study.title,
        subtitle="Stopped before its report could be made",
        sections=(
            Section("stopped", "What stopped it, and why", tuple(what)),
            Section("stages", "What is there and what is missing", (Facts(tuple(stages)),)),
            Section("next", "What to do", (todo,)),
        ),
        banner=BANNER if study.synthetic else "",
        beside=False,
    )
    return page(document)
