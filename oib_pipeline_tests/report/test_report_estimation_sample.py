"""The report says what the headline was estimated on, not what the panel has."""

from __future__ import annotations

from functools import cache

import pandas as pd
import report_world as world

from oib_pipeline.estimation import twfe
from oib_pipeline.report import ReportInputs
from oib_pipeline.report.inputs import estimation_sample
from oib_pipeline.report.sections.introduction import design_section, summary_section
from oib_pipeline.report.tables.effects import psm_table
from oib_pipeline.report.tables.models import baseline_table
from oib_pipeline.report.text.headline import headlines
from oib_pipeline.report.text.sample import sample_sentences

LOST = ["220100", "220200"]
CONTROL = "population_density"


@cache
def gapped() -> pd.DataFrame:
    """A panel in which Changchun and the pilot Jilin lack a control but for one year."""
    panel = world.panel().copy()
    later = panel["year"] >= 2011
    panel.loc[panel["city_code"].isin(LOST) & later, CONTROL] = float("nan")
    panel.loc[(panel["city_code"] == "110000") & (panel["year"] == 2012), "theil"] = float("nan")
    return panel


@cache
def estimates() -> pd.DataFrame:
    models = [(o, c) for o in ("ais", "theil") for c in ([], world.study().controls)]
    return pd.concat(
        [
            twfe(gapped(), outcome=o, treatment="did", controls=c, **world.KEYS).to_frame(str(n))
            for n, (o, c) in enumerate(models, start=1)
        ],
        ignore_index=True,
    )


def inputs(**changes: object) -> ReportInputs:
    return world.inputs(panel=gapped(), baseline=estimates(), **changes)


def test_the_counts_are_those_of_every_baseline_model():
    for (outcome, model), rows in estimates().groupby(["outcome", "model"]):
        controls = [name for name in rows["term"] if name != "did"]
        sample = estimation_sample(gapped(), outcome, controls)
        assert sample.fits(rows["n_obs"].iloc[0], rows["n_clusters"].iloc[0]), model
        assert sample.n_cities == (118 if controls else 120)


def test_a_lost_city_stands_with_what_it_lacks_pilots_first():
    lost = estimation_sample(gapped(), "ais", world.study().controls).lost
    assert lost["city"].tolist() == ["Jilin", "Changchun"]
    assert lost["treated"].tolist() == [1, 0]
    assert set(lost["lacking"]) == {(CONTROL,)}
    assert set(lost["years"]) == {tuple(range(2011, 2019))}
    assert lost["n_complete"].tolist() == [1, 1]


def test_singletons_go_until_none_is_left():
    panel = pd.DataFrame(
        [("a", 1), ("a", 2), ("b", 1), ("b", 2), ("c", 2), ("c", 3)],
        columns=["city_code", "year"],
    ).assign(city="", treated=0, y=1.0)
    sample = estimation_sample(panel, "y")
    assert sample.used["city_code"].tolist() == ["a", "a", "b", "b"]
    assert sample.lost["city_code"].tolist() == ["c"]


def test_a_panel_used_whole_is_told_without_a_word():
    assert sample_sentences(world.inputs()) == []


def test_lost_cities_are_told_with_their_reason():
    said = sample_sentences(inputs())
    n_obs = {head.outcome: head.n_obs for head in headlines(inputs())}
    assert said[0] == (
        f"The headline models use {n_obs['ais']:,} (AIS) and {n_obs['theil']:,} (Theil) of the "
        "panel’s 1,080 city-years, in 118 of the 120 cities (20 pilots, 98 others)."
    )
    assert said[1] == "Two cities are lost, among them the pilot Jilin."
    assert said[2].startswith("Jilin and Changchun: no population density in 2011–2018, and one")
    assert said[3].endswith("not used: 1 (Theil).")


def test_the_part_that_no_source_has_is_named():
    gaps = gapped()[lambda frame: frame[CONTROL].isna()]
    missing = gaps[["city_code", "city", "year"]].assign(
        variable=CONTROL, reason="needs population_resident_k and area_km2", repair=""
    )
    area = gaps[["city_code", "year"]].assign(variable="area_km2", chosen=True)
    said = sample_sentences(inputs(missing=missing, sources=area))
    assert "no population density (no source has resident population) in" in said[2]


def test_the_opening_claims_only_what_the_headline_uses():
    lead, *rest = summary_section(inputs()).blocks
    sample = next(one for one in rest if getattr(one, "kind", "") == "small")
    assert "21 of 120 cities were pilots" in lead.text
    assert "the 20 with enough data changed with how 98 others changed" in lead.text
    assert sample.text.startswith("The headline models use")
    whole = summary_section(world.inputs()).blocks[0]
    assert "they changed with how the other 99 changed" in whole.text


def test_the_design_tells_panel_and_headline_apart():
    facts = dict(design_section(inputs()).blocks[0].items)
    assert facts["Panel"].endswith("120 cities (21 pilots, 99 others), 1,080 city-years")
    assert "118 of the 120 cities" in facts["Headline sample"]
    assert "lacks a value" in facts["Left out by rule"]
    assert "Headline sample" not in dict(design_section(world.inputs()).blocks[0].items)


def test_each_model_counts_its_own_pilots_and_others():
    table = baseline_table(estimates(), gapped(), title="Effect", called=world.PILOT)
    rows = {row.cells[0].text: row.cells[1:] for row in table.rows}
    assert [cell.text for cell in rows["Pilots"]] == ["21", "20", "21", "20"]
    assert [cell.text for cell in rows["Others"]] == ["99", "98", "99", "98"]


def test_counts_the_panel_does_not_bear_out_are_not_printed():
    table = baseline_table(estimates(), world.panel(), title="Effect", called=world.PILOT)
    rows = {row.cells[0].text: row for row in table.rows}
    assert rows["Pilots"].cells[2].text == "n.a."
    said = sample_sentences(world.inputs(baseline=estimates()))
    assert len(said) == 1
    assert "pilots" not in " ".join(said)


def test_matched_city_years_are_not_called_pilots():
    names = [row.cells[0].text for row in psm_table(world.psm(), called=world.PILOT).rows]
    stacked = names[names.index("City-years matched one by one (stacked)") :]
    assert names.count("Matched pilots") == 1
    assert "Matched pilots" not in stacked
    assert "Matched pilot city-years" in stacked
    assert "Matched other city-years" in stacked
