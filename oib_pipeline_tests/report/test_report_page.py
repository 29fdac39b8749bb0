"""The page: same bytes twice, the numbers of its frames, outside text as text, gaps explained."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
import report_world as world

from oib_pipeline.report import render
from oib_pipeline.report.formats.html import html_text, html_with_links
from oib_pipeline.report.formats.latex import csv_text

HOSTILE = '<script>alert(1)</script> & "x" \u202egnp.exe'


class Page(HTMLParser):
    """Elements, ids, links and the unrounded values of each table of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.headings: list[int] = []
        self.numbers: dict[str, list[float]] = {}
        self.images: list[str] = []
        self._table = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags[tag] += 1
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.links.append(given.get("href") or given["xlink:href"])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if given.get("role") == "img":
            self.images.append(given.get("aria-label", ""))
        if tag == "figure":
            self._table = given["id"]
        if tag == "data":
            self.numbers.setdefault(self._table, []).append(float(given["value"]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("report")
    render(world.inputs(), target)
    return target


@pytest.fixture(scope="module")
def text(folder) -> str:
    return (folder / "index.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def parsed(text) -> Page:
    return Page(text)


def test_the_same_inputs_give_the_same_bytes(folder, tmp_path):
    render(world.inputs(), tmp_path)
    first = {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    second = {p.relative_to(tmp_path): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    assert first.keys() == second.keys()
    assert [str(name) for name in first if first[name] != second[name]] == []


def test_every_number_of_the_baseline_table_is_the_frames(parsed):
    frame = world.baseline()
    shown_values = parsed.numbers["baseline"]
    wanted = Counter(frame["estimate"]) + Counter(frame["se"])
    assert not wanted - Counter(shown_values)
    models = frame.drop_duplicates("model")
    means = [world.panel()[outcome].mean() for outcome in models["outcome"]]
    rest = Counter(shown_values) - wanted
    treated = world.panel().drop_duplicates("city_code")["treated"]
    cities = [treated.sum(), (1 - treated).sum()] * len(models)
    facts = [*models["n_obs"], *models["n_clusters"], *cities, *models["r2_within"], *means]
    assert sorted(rest.elements()) == pytest.approx(sorted(map(float, facts)))


def test_what_is_printed_is_the_number_rounded(text):
    for value, printed in re.findall(r'<data value="([^"]+)">\(?([^<)]+)\)?</data>', text):
        plain = printed.replace("−", "-").replace(",", "").strip()
        if plain.startswith(("<", "&lt;", "&gt;")):
            continue
        scale = 0.01 if plain.endswith("%") else 1
        plain = plain.removesuffix("%")
        digits = len(plain.partition(".")[2]) if "e" not in plain else 12
        assert float(plain) * scale == pytest.approx(
            float(value), abs=0.51 * 10**-digits * scale, rel=0.06 if "e" in plain else 1e-12
        )


def test_the_page_stands_alone(text, parsed):
    assert parsed.tags["script"] == parsed.tags["link"] == parsed.tags["img"] == 0
    assert not [link for link in parsed.links if "//" in link]
    assert "@import" not in text
    urls = re.findall(r"url\(([^)]*)\)", text)
    outside = [found for found in urls if not found.startswith(("#", "data:font/woff;base64,"))]
    assert outside == []


def test_ids_are_unique_and_every_link_arrives(folder, parsed):
    assert [name for name, count in Counter(parsed.ids).items() if count > 1] == []
    for link in parsed.links:
        if link.startswith("#"):
            assert link[1:] in parsed.ids
        else:
            name, _, place = link.partition("#")
            assert (folder / name).is_file(), link
            assert f'id="{place}"' in (folder / name).read_text(encoding="utf-8") if place else True


def test_each_estimate_leads_to_its_model(text, parsed):
    homes = re.findall(r'<a href="#(spec-[^"]+)"><data value="([^"]+)">', text)
    assert {home for home, _ in homes} <= set(parsed.ids)
    frame = world.baseline()
    linked_values = Counter(float(value) for _, value in homes)
    assert not Counter(frame["estimate"]) - linked_values
    for row in frame.itertuples():
        assert (f"spec-baseline-{row.model}-{row.outcome}", str(row.estimate)) in homes


def test_the_specifications_name_study_function_and_inputs(folder):
    rows = list(csv.DictReader((folder / "tables" / "specifications-table.csv").open()))
    first = rows[0]
    assert first["study_file"] == "data/studies/relocation_2014.yml"
    assert first["function"] == "oib_pipeline.estimation.twfe"
    assert first["table"] == "est.est_baseline"


def test_headings_descend_by_one(parsed):
    assert parsed.headings[0] == 1
    assert parsed.headings.count(1) == 1
    steps = [b - a for a, b in zip(parsed.headings, parsed.headings[1:], strict=False)]
    assert max(steps) == 1


def test_every_figure_has_words_for_those_who_cannot_see_it(parsed):
    assert len(parsed.images) >= 4
    assert min(len(words) for words in parsed.images) > 60


def test_every_table_and_figure_is_there_as_files(folder):
    tables = {path.stem for path in (folder / "tables").iterdir()}
    assert {
        "descriptive",
        "baseline",
        "policy-documents",
        "variables",
        "event-study-effects",
    } <= tables
    for name in tables:
        assert {path.suffix for path in (folder / "tables").glob(f"{name}.*")} == {".csv", ".tex"}
    figures = {path.stem for path in (folder / "figures").iterdir()}
    assert {"event-study-ais", "event-study-theil", "trends", "coverage"} <= figures


def test_a_synthetic_study_says_so_on_the_page_in_print_and_in_each_file(folder, text):
    assert 'class="banner"' in text
    assert "@top-center" in text
    assert text.count("Synthetic data") > 3
    assert "Synthetic data" in (folder / "tables" / "baseline.tex").read_text(encoding="utf-8")


def test_a_real_study_has_no_banner(tmp_path):
    study = world.study().model_copy(update={"synthetic": False})
    genuine = world.releases().assign(synthetic=False, publisher="a publisher", source="a source")
    made = world.slim(study=study, releases=genuine)
    page = render(made, tmp_path).page.read_text(encoding="utf-8")
    assert 'class="banner"' not in page
    assert "ynthetic" not in page.partition("<body>")[2]


def test_markup_quotes_and_direction_marks_in_names_are_shown_as_text(tmp_path):
    releases = world.releases().assign(publisher=HOSTILE, source=HOSTILE)
    missing = world.missing().assign(reason=HOSTILE)
    study = world.study().model_copy(update={"title": HOSTILE})
    made = world.slim(releases=releases, missing=missing, study=study)
    page = render(made, tmp_path).page.read_text(encoding="utf-8")
    assert "<script" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "[U+202E]gnp.exe" in page
    assert Page(page).tags["script"] == 0


def test_a_result_that_is_absent_is_named_with_its_reason(tmp_path):
    made = world.inputs(event_study=None, reasons={"event_study": "the panel has one period"})
    page = render(made, tmp_path).page.read_text(encoding="utf-8")
    assert "the panel has one period" in page
    assert not (tmp_path / "figures" / "event-study-ais.svg").exists()


def test_without_a_baseline_there_is_still_a_page(tmp_path):
    empty = world.baseline().head(0)
    made = world.slim(baseline=empty, reasons={"baseline": "no city is treated"})
    page = render(made, tmp_path).page.read_text(encoding="utf-8")
    assert page.count("no city is treated") >= 2


def test_an_undefined_estimate_shows_as_not_available(tmp_path):
    frame = world.baseline().copy()
    frame.loc[frame["term"] == "did", ["se", "t", "p", "ci_low", "ci_high"]] = float("nan")
    page = render(world.slim(baseline=frame), tmp_path).page.read_text(encoding="utf-8")
    assert "(n.a.)" in page
    assert not re.search(r"\bnan\b", page, re.IGNORECASE)


def test_files_of_an_earlier_report_do_not_stay(tmp_path):
    stale = tmp_path / "tables" / "gone.csv"
    stale.parent.mkdir(parents=True)
    stale.write_text("old")
    render(world.slim(), tmp_path)
    assert not stale.exists()


def test_a_spreadsheet_runs_no_formula_from_a_csv():
    frame = pd.DataFrame(
        {"=name": ['=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", "\t=1", "plain"], "value": [-1.5] * 6}
    )
    rows = list(csv.reader(io.StringIO(csv_text(frame))))
    assert all(not cell.startswith(("=", "+", "-", "@", "\t")) for row in rows for cell in row[:1])
    assert {row[1] for row in rows[1:]} == {"-1.5"}
    assert rows[-1][0] == "plain"


def test_csv_numbers_are_unrounded_and_come_back_equal():
    frame = world.baseline()
    back = pd.read_csv(io.StringIO(csv_text(frame)))
    assert (back["estimate"] == frame["estimate"]).all()


def test_references_become_links_and_unknown_ones_stay_text():
    words = {"baseline": "Table 4"}
    assert (
        html_with_links("see [[baseline]], [[x]]", words)
        == 'see <a href="#baseline">Table 4</a>, [[x]]'
    )


def test_chinese_is_marked_as_such():
    assert html_text("in 徐州 it") == 'in <span lang="zh-Hans">徐州</span> it'


def test_inputs_are_not_changed(tmp_path):
    made = world.inputs()
    before = {name: made.frame(name).copy() for name in ("panel", "baseline", "event_study")}
    render(replace(made), tmp_path)
    for name, frame in before.items():
        pd.testing.assert_frame_equal(made.frame(name), frame)


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("whole")
    render(world.full(), target)
    return target


def test_every_further_result_has_its_table_and_figure(whole):
    tables = {path.stem for path in (whole / "tables").iterdir()}
    figures = {path.stem for path in (whole / "figures").iterdir()}
    assert {
        "dynamic-models",
        "psm-did",
        "balance",
        "placebo",
        "regional",
        "robustness",
        "inference",
    } <= tables
    assert {
        "map",
        "dynamic",
        "common-support",
        "love-plot",
        "placebo-ais",
        "regions",
        "specification-curve-theil",
    } <= figures


def test_further_tables_print_their_frames_numbers(whole):
    numbers = Page((whole / "index.html").read_text(encoding="utf-8")).numbers
    for name, frame in (
        ("dynamic-models", world.dynamic()),
        ("psm-did", world.psm()[world.psm()["term"] == "did"]),
        ("regional", world.regional()[world.regional()["term"] == "did"]),
    ):
        wanted = Counter(frame["estimate"]) + Counter(frame["se"])
        assert not wanted - Counter(numbers[name]), name
    ledger = world.inference()
    assert not Counter(ledger["p"].dropna()) - Counter(numbers["inference"])


def test_the_whole_page_is_sound(whole):
    text = (whole / "index.html").read_text(encoding="utf-8")
    page = Page(text)
    assert [name for name, count in Counter(page.ids).items() if count > 1] == []
    assert all(link[1:] in page.ids for link in page.links if link.startswith("#"))
    assert len(text) < 5_000_000
    assert not re.search(r"\bnan\b", text, re.IGNORECASE)
    assert not re.search(r"\[\[[a-z]", text)


def test_each_result_that_was_not_made_says_why(tmp_path):
    names = ["dynamic", "psm_did", "placebo", "regional", "robustness", "inference"]
    made = world.slim(reasons={name: f"because of {name}." for name in names})
    page = render(made, tmp_path).page.read_text(encoding="utf-8")
    assert [name for name in names if f"because of {name}" not in page] == []


def test_a_region_without_pilots_shows_as_not_available_with_the_reason(tmp_path):
    frame = world.regional().copy()
    east = frame["group"] == "East"
    frame.loc[east, ["estimate", "se", "t", "p", "ci_low", "ci_high", "p_t"]] = float("nan")
    frame.loc[east, "note"] = "no treated unit"
    page = render(world.slim(regional=frame), tmp_path).page.read_text(encoding="utf-8")
    assert "East: n.a. because no treated unit." in page


def test_corrections_are_listed_by_reason_with_their_cells(tmp_path):
    row = {"release": "r", "file": "f.xlsx", "sheet": "1", "was": "1000", "now": 10.0}
    frame = pd.DataFrame([row | {"cell": cell, "reason": "a slip of ten"} for cell in ("B2", "B3")])
    page = render(world.slim(corrections=frame), tmp_path).page.read_text(encoding="utf-8")
    assert "B2, B3" in page
    assert "a slip of ten" in page
    assert "1000,10.0" in (tmp_path / "tables" / "corrections.csv").read_text(encoding="utf-8")


def test_models_without_controls_are_not_said_to_have_them(whole):
    tex = (whole / "tables" / "dynamic-models.tex").read_text(encoding="utf-8")
    assert "Controls & no & yes & no & yes" in tex
