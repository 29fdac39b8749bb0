"""Checks of the tables that stand beside a result: as the contract has them."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.contract.tables import tables
from oib_pipeline.quality.expect import View
from oib_pipeline.quality.generated import key_expects, prepared, schema_view, valid_expects
from oib_pipeline.quality.judge import judge
from oib_pipeline.quality.outcome import Outcome


def check_further(table: str, frame: pd.DataFrame) -> list[Outcome]:
    """Outcomes for a table such as ``est_balance``: its columns, its key, what is valid."""
    expects = (*key_expects(table), *valid_expects(table))
    view = View(table, prepared(table, frame), tables()[table].key, expects)
    return judge(table, [schema_view(table, frame), view])
