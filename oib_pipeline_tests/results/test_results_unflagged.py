"""The headline models without flagged values: the same models with those city-years left out."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from oib_pipeline.analysis.models import KEYS, StudyData, compute, headline
from oib_pipeline.estimation import twfe
from oib_pipeline.quality.contract_suite import check_further
from oib_pipeline.quality.suites.results import check_estimates
from oib_pipeline.study import Study

DOUBT = "level_jump: tertiary_va_mcny"


def with_doubts(data: StudyData, name: str, rows: pd.Series) -> StudyData:
    marked = data.panel.assign(**{f"{name}_doubts": rows.map({True: DOUBT, False: ""})})
    return replace(data, panel=marked)


def test_the_model_is_fitted_on_the_other_city_years(study: Study, data: StudyData) -> None:
    treated = data.panel["treated"] == 1
    rows = treated & data.panel["year"].eq(2016)
    made = compute("baseline", study, with_doubts(data, "ais", rows)).also["est_unflagged"]
    [model] = [one for one in headline(study, data.panel) if one.outcome == "ais"]
    own = data.panel[~rows]
    alone = twfe(own, outcome="ais", treatment="did", controls=model.controls, **KEYS).to_frame()
    assert made["model"].unique().tolist() == [f"{model.name}, without flagged values"]
    columns = ["term", "estimate", "se", "p", "n_obs"]
    pd.testing.assert_frame_equal(made[columns], alone[columns])
    assert all(one.passed for one in check_further("est_unflagged", made))
    size, cities = len(data.panel), data.panel["city_code"].nunique()
    expected = made[["model", "outcome", "term"]]
    found = check_estimates(
        "est_baseline", made.drop(columns="note"), expected=expected,
        panel_rows=size, panel_cities=cities,
    )  # fmt: skip
    assert [one.summary for one in found if not one.passed] == []


def test_a_flagged_control_counts_for_every_outcome(study: Study, data: StudyData) -> None:
    rows = data.panel["year"].eq(2012) & data.panel["region"].eq("East")
    made = compute("baseline", study, with_doubts(data, study.controls[0], rows))
    assert made.also["est_unflagged"]["outcome"].unique().tolist() == study.outcomes
    assert made.frame["n_obs"].max() - made.also["est_unflagged"]["n_obs"].max() == rows.sum()


@pytest.mark.parametrize("lacking", [False, True], ids=["none flagged", "flagged and incomplete"])
def test_nothing_is_fitted_again_where_no_row_used_is_flagged(
    study: Study, data: StudyData, lacking: bool
) -> None:
    rows = data.panel["city_code"].eq(data.panel["city_code"].iloc[0]) & lacking
    marked = with_doubts(data, "ais", rows)
    gone = marked.panel.assign(ais=marked.panel["ais"].mask(rows))
    made = compute("baseline", study, replace(marked, panel=gone)).also["est_unflagged"]
    assert made.empty


def test_a_model_that_flagged_values_carry_alone_says_so(study: Study, data: StudyData) -> None:
    late = data.panel["did"].eq(1)
    made = compute("baseline", study, with_doubts(data, "ais", late)).also["est_unflagged"]
    [row] = made.to_dict("records")
    assert "no treated unit" in row["note"]
    assert pd.isna(row["estimate"])


def test_the_flags_change_no_other_result(study: Study, data: StudyData) -> None:
    rows = data.panel["did"].eq(1) & data.panel["year"].eq(2016)
    plain = compute("baseline", study, data).frame
    pd.testing.assert_frame_equal(
        plain, compute("baseline", study, with_doubts(data, "ais", rows)).frame
    )
