"""The two lines of defence before the rules: the manifest's checksums, and the last reading."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.extract import Release, verify
from oib_pipeline.vintages.changes import revisions
from oib_pipeline_tests.planted.page import Page

KEY = ["city_code", "year", "scope", "variable"]


def against_checksum(planted: Release, page: Page) -> bool:
    """Whether a file is refused for its checksum under a manifest written before the fault."""
    declared = {**planted.files, page.file: page.clean_sum}
    return bool(verify(planted.model_copy(update={"files": declared})))


def told_as_revised(before: pd.DataFrame, after: pd.DataFrame, changed: pd.DataFrame) -> bool:
    """Whether every changed value is told where the release was loaded before without the fault."""
    told = revisions(before, after)
    keys = pd.MultiIndex.from_frame(told[KEY])
    return bool(pd.MultiIndex.from_frame(changed[KEY]).isin(keys).all())
