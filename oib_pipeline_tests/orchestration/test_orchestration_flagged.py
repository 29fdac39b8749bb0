"""A flagged value that the estimates rest on is named in the summary, and they without it."""

from __future__ import annotations

import re
from html import unescape

import openpyxl
from small_project import Project

from oib_pipeline.registry.registry import load_registry

OWN = {"study": "small"}
FIGURE = {"variable": "secondary_va_mcny", "scope": "districts", "year": 2014}
FIELDS = ["estimate", "se", "n_obs", "n_clusters"]


def words(project: Project) -> str:
    """The report as a reader sees it, without its markup."""
    page = project.report.read_text(encoding="utf-8")
    return " ".join(unescape(re.sub(r"<[^>]*>", "", page)).split())


def make_tenfold(project: Project, city: str) -> None:
    """The secondary sector's output of a city's districts in 2014, printed ten times too large."""
    rows = project.warehouse.read("raw_observations", FIGURE | {"city_code": city})
    row = rows.iloc[0]
    path = project.release(2015) / row["file"]
    book = openpyxl.load_workbook(path)
    cell = book[row["sheet"]][row["cell"]]
    cell.value = 10 * float(row["text"])
    book.save(path)
    project.declare(2015)


def test_a_tenfold_value_of_a_treated_city_stands_in_the_summary_with_both_estimates(
    project: Project,
) -> None:
    treated = load_registry(project.settings.registry).policy("relocation_2014")["city_code"]
    panel = project.warehouse.read("core_study_panel", OWN)
    clean = panel[panel["city_code"].isin(treated) & panel["ais_doubts"].eq("")]
    figures = project.warehouse.read("raw_observations", FIGURE).set_index("city_code")["value"]
    clean = clean[clean["year"] == 2014].set_index("city_code", drop=False)
    city = clean.loc[figures[clean.index].idxmin()]  # ten times a large one is out of range
    before = project.warehouse.read("est_baseline", OWN)
    make_tenfold(project, city["city_code"])
    project.refresh()
    row = project.warehouse.read("core_study_panel", OWN | {"city_code": city["city_code"]})
    doubts = row.set_index("year")["ais_doubts"]
    assert "level_jump: secondary_va_mcny" in doubts[2014]
    base = project.warehouse.read("est_baseline", OWN).query("term == 'did'")
    again = project.warehouse.read("est_unflagged", OWN).query("term == 'did'")
    assert list(again["outcome"]) == ["ais", "theil"]
    assert not base[FIELDS].equals(before.query("term == 'did'")[FIELDS])
    told = words(project)
    for outcome, model in (("ais", "2"), ("theil", "4")):
        head = base[(base["outcome"] == outcome) & (base["model"] == model)].iloc[0]
        less = again[again["outcome"] == outcome].iloc[0]
        assert less["model"] == f"{model}, without flagged values"
        assert less["n_obs"] < head["n_obs"]
        with_it, without = (f"{abs(one['estimate']):.3f}" for one in (head, less))
        said = rf"Without them .*{without} for {outcome} \([^)]*; with them \W?{with_it}\)"
        assert re.search(said, told, re.IGNORECASE)
    assert re.search(rf"rest on a value that a rule flags .*?{city['city']} 2014 \(", told)
    assert "Without flagged values" in told
    assert re.search(r"(All \d+|Of \d+) checks", told)


def test_nothing_is_estimated_again_where_no_value_is_flagged(project: Project) -> None:
    codes = set(project.warehouse.read("core_findings")["city_code"])
    samples = project.data / "registry" / "samples.csv"
    lines = samples.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if line.split(",")[1] not in codes]
    samples.write_text("\n".join([*kept, ""]), encoding="utf-8")
    project.refresh()
    assert project.warehouse.count("core_study_panel", OWN) > 0
    assert project.warehouse.count("est_unflagged", OWN) == 0
    told = words(project)
    assert "No value that the headline models use is flagged by a rule." in told
    assert "Without flagged values" not in told
