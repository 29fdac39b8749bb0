"""The headline models region by region, with a joint test that the regions are equal."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.results.data import StudyData
from oib_pipeline.results.models import KEYS, Model, headline
from oib_pipeline.results.result import Result, absent, result
from oib_pipeline.study import Study

REGIONS = ("East", "Central", "West", "Northeast")


def compute(study: Study, data: StudyData) -> Result:
    """Rows of ``est_regional``; ``model`` is the region.

    A region without an estimate keeps its row with the reason; few treated cities make the
    permutation p-values, redrawn within the region, the ones to go by.
    """
    models = headline(study, data.panel)
    tables = [_table(study, data.panel, model) for model in models]
    expected = [
        (str(region), outcome, term)
        for table in tables
        for region, outcome, term in table[["model", "outcome", "term"]].itertuples(index=False)
    ]
    return result(study.name, tables, expected)


def _table(study: Study, panel: pd.DataFrame, model: Model) -> pd.DataFrame:
    from oib_pipeline.estimation import by_group

    there = [region for region in REGIONS if region in set(panel["region"])]
    try:
        found = by_group(
            panel,
            group="region",
            outcome=model.outcome,
            treatment="did",
            controls=model.controls,
            cluster=study.cluster,
            draws=study.placebo.draws,
            seed=study.placebo.seed,
            **KEYS,
        )
    except ValueError as error:
        first = panel.drop_duplicates("city_code")
        treated = first.groupby("region")["treated"]
        counts = pd.DataFrame(
            {
                "n_treated": treated.sum(),
                "n_control": (1 - first["treated"]).groupby(first["region"]).sum(),
            }
        )
        return pd.concat(
            absent(region, model.outcome, error, group=region, **counts.loc[region])
            for region in there
        )
    frame = found.to_frame()
    order = frame["group"].map({region: place for place, region in enumerate(there)})
    return frame.assign(model=frame["group"].astype(str)).loc[
        order.sort_values(kind="stable").index
    ]
