"""A table keeps its number whatever else is missing; small panels show what the panel holds."""

from __future__ import annotations

import numpy as np
import pytest
import report_world as world
from profile_world import sources

from oib_pipeline.report.document.document import FIGURES, TABLES, numbers
from oib_pipeline.report.figures.coverage import city_coverage_figure
from oib_pipeline.report.figures.trends import pilot_paths, pilots_figure, timeline_figure


def test_a_table_keeps_its_number_where_others_are_missing():
    whole = numbers(["policy-documents", "baseline", "regional"], TABLES)
    assert whole == {"policy-documents": "1", "baseline": "4", "regional": "7"}
    assert numbers(["regional"], TABLES) == {"regional": "7"}


def test_several_of_one_family_take_letters_and_strangers_the_numbers_left():
    found = numbers(["pilots-ais", "pilots-theil", "novel"], FIGURES)
    assert found["pilots-ais"] == "4a"
    assert found["pilots-theil"] == "4b"
    assert found["novel"] not in FIGURES.values()
    assert numbers(["paths", "weights"], TABLES) == {"paths": "1", "weights": "2"}


def test_no_two_tables_share_a_number():
    assert len(set(TABLES.values())) == len(TABLES)
    assert len(set(FIGURES.values())) == len(FIGURES)


def test_each_pilot_stands_beside_the_others_of_its_region():
    paths = dict(pilot_paths(world.inputs(), "ais"))
    assert len(paths) == 21
    panel = world.panel()
    east = panel[(panel["region"] == "East") & (panel["treated"] == 0)]
    xuzhou = paths["Xuzhou\nEast"]
    assert xuzhou["region"].to_numpy() == pytest.approx(east.groupby("year")["ais"].mean())
    assert xuzhou["own"].loc[2014] == pytest.approx(
        panel.query("city_code == '320300' and year == 2014")["ais"].iloc[0]
    )


def test_a_pilot_without_values_has_no_panel_and_no_pilot_no_figure():
    panel = world.panel().copy()
    panel.loc[panel["city_code"] == "320300", "ais"] = np.nan
    assert len(pilot_paths(world.inputs(panel=panel), "ais")) == 20
    panel.loc[panel["treated"] == 1, "ais"] = np.nan
    assert pilots_figure(world.inputs(panel=panel), "ais") is None


def test_coverage_by_city_tells_shares_and_is_left_out_where_only_counts_are_known():
    figure = city_coverage_figure(world.inputs(sources=sources()))
    assert figure is not None
    assert "Value added, primary sector 1.7%, 118 cities never" in figure.alt
    assert city_coverage_figure(world.inputs()) is None


def test_the_timeline_tells_every_document():
    inputs = world.inputs()
    told = timeline_figure(inputs).alt
    assert all(str(what) in told for what in inputs.registry.documents["what_it_does"])
