"""From a number of the study panel to the cells it rests on, as text and as SQL."""

import duckdb
import numpy as np
import pytest

from oib_pipeline.contract.errors import OibError
from oib_pipeline.indices import compute_indices
from oib_pipeline.panel import build_study_panel, conflicts, findings, trace, trace_view
from oib_pipeline.warehouse import Warehouse

LINEAR = {"method": "linear", "limit": 2}


@pytest.fixture
def traced(study, registry, city_year, sources):
    def make(variable, code="320300", year=2015, **changes):
        plan = study(**changes)
        indices = compute_indices(city_year)
        panel = build_study_panel(plan, indices, registry, sources).frame
        return trace(
            plan,
            code,
            year,
            variable,
            panel=panel,
            indices=indices,
            sources=sources,
            conflicts=conflicts(sources),
            findings=findings(sources, indices),
        )

    return make


def test_ais_leads_to_the_three_cells_it_was_computed_from(traced, sources, city_year):
    result = traced("ais")
    assert [given.variable for given in result.inputs] == [
        "primary_va_mcny",
        "secondary_va_mcny",
        "tertiary_va_mcny",
    ]
    parts = np.array([given.value for given in result.inputs])
    assert result.value == pytest.approx((parts * [1, 2, 3]).sum() / parts.sum())
    text = result.text()
    for given in result.inputs:
        assert f"panel.xlsx, sheet 2-1, cell {given.origins[0].cell}" in text
    assert "AIS = y1 + 2 y2 + 3 y3, y = sector value added / sum of the three" in text


def test_theil_shows_output_and_employment(traced):
    result = traced("theil")
    assert len(result.inputs) == 6
    assert [part for part, _ in result.shares] == ["output", "employment"]
    assert dict(result.shares)["employment"] == pytest.approx((0.3, 0.4, 0.3))


def test_an_interpolated_value_names_the_years_it_lies_between(traced, city_year):
    city_year.loc[3, "primary_employment_pct"] = np.nan
    result = traced("theil", gaps=LINEAR)
    assert result.flag == "interpolated"
    assert [year for year, _ in result.between] == [2014, 2016]
    assert result.value == pytest.approx(np.mean([value for _, value in result.between]))
    assert "interpolated, between 2014 (" in result.text()
    assert "employment: no source has all three sectors" in result.text()


def test_what_was_passed_over_and_what_was_corrected_are_shown(traced, sources):
    row = sources[
        (sources["city_code"] == "320300")
        & (sources["year"] == 2015)
        & (sources["variable"] == "area_km2")
    ].index[0]
    sources.loc[row, "correction"] = "7 used 1000 instead: a slip (C9)"
    rival = sources.loc[row].to_dict() | {"release": "csmar-2024", "chosen": False}
    rival |= {"value": 2000.0, "reason": "passed over: csmar comes after ccsy", "correction": None}
    sources.loc[len(sources)] = rival
    text = traced("population_density").text()
    assert "corrected: 7 used 1000 instead: a slip (C9)" in text
    assert "passed over: csmar comes after ccsy" in text
    assert "csmar-2024: panel.xlsx, sheet 2-1" in text.split("what is doubtful here")[1]


def test_a_variable_of_the_contract_can_be_traced_itself(traced):
    result = traced("gdp_mcny")
    assert [given.variable for given in result.inputs] == ["gdp_mcny"]
    assert result.computed == result.inputs[0].value


def test_a_control_that_was_left_out_says_what_it_needs(traced):
    result = traced("land_marketization")
    assert np.isnan(result.value)
    assert "it needs land_granted_market_ha and land_granted_ha" in result.text()


@pytest.mark.parametrize(
    ("variable", "code", "year", "said"),
    [
        ("aiss", "320300", 2015, "nothing is called 'aiss'"),
        ("ais", "110000", 2015, "110000 is not in the panel"),
        ("ais", "320300", 1999, "has 2012-2016, not 1999"),
    ],
)
def test_what_is_not_there_is_said(traced, variable, code, year, said):
    with pytest.raises(OibError, match=said):
        traced(variable, code, year)


@pytest.fixture
def view(tmp_path, study, registry, city_year, sources):
    """Rows of out.trace as a function of what follows WHERE, once a study is in the warehouse."""
    connections = []

    def make(where="true", **changes):
        plan = study(**changes)
        made = build_study_panel(plan, compute_indices(city_year), registry, sources)
        path = tmp_path / "oib.duckdb"
        warehouse = Warehouse(path)
        warehouse.replace("core_sources", sources, {"precedence": plan.precedence})
        warehouse.replace("core_study_panel", made.frame, {"study": plan.name})
        missing = made.missing.assign(study=plan.name)
        warehouse.replace("core_study_missing", missing, {"study": plan.name})
        connection = duckdb.connect(str(path))
        connections.append(connection)
        connection.execute(trace_view([plan], set(made.frame.columns)))
        return connection.execute(f"SELECT * FROM out.trace WHERE {where}").df()

    make.connections = connections
    yield make
    for connection in connections:
        connection.close()


def test_the_sql_view_gives_the_same_cells(view, traced, study):
    plan = study()
    mine = view("city_code = '320300' AND year = 2015")
    for variable in (*plan.outcomes, *plan.controls):
        result = traced(variable)
        rows = mine[mine["output"] == variable]
        columns = ["input", "value", "release", "file", "sheet", "cell", "text"]
        expected = [
            [given.variable, given.value, o.release, o.file, o.sheet, o.cell, o.text]
            for given in result.inputs
            for o in given.origins[:1]
        ]
        assert rows[columns].to_numpy().tolist() == sorted(expected)
        assert rows["output_value"].unique().tolist() == [result.value]
        assert set(rows["flag"]) == {result.flag}


def test_the_sql_view_has_the_value_before_a_repair(view, traced):
    clipped = {"method": "winsorise", "lower": 0.3, "upper": 0.7}
    rows = view("output = 'ais' AND flag = 'winsorised'", outliers=clipped)
    row = rows.iloc[0]
    result = traced("ais", row["city_code"], int(row["year"]), outliers=clipped)
    assert (row["output_value"], row["before_repair"]) == (result.value, result.before)
    assert row["before_repair"] != row["output_value"]


def test_the_sql_view_says_why_a_number_is_missing_and_what_was_passed_over(
    view, sources, city_year
):
    here = (sources["city_code"] == "320300") & (sources["year"] == 2015)
    rival = sources[here & sources["variable"].eq("area_km2")].assign(
        release="csmar-2024", cell="Z9", chosen=False, reason="passed over: csmar comes after"
    )
    lost = here & sources["variable"].str.endswith("_employment_pct")
    sources.drop(index=sources.index[lost], inplace=True)
    one = (city_year["city_code"] == "320300") & (city_year["year"] == 2015)
    shares = [name for name in city_year if name.endswith("_employment_pct")]
    city_year.loc[one, shares] = float("nan")
    sources.loc[len(sources) + 100] = rival.iloc[0]
    rows = view("city_code = '320300' AND year = 2015").set_index("output")
    area = rows.loc["population_density"].set_index("input").loc["area_km2", "passed_over"]
    assert area.startswith("csmar-2024: panel.xlsx, sheet 2-1, Z9 = 1000")
    assert area.endswith("(passed over: csmar comes after)")
    assert "employment" in rows.loc["theil", "missing_reason"].iloc[0]


def test_every_column_of_the_sql_view_is_explained(view):
    rows = view()
    told = view.connections[0].execute(
        "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'trace'"
    )
    comments = dict(told.fetchall())
    assert list(comments) == list(rows.columns)
    assert all(comments.values())
