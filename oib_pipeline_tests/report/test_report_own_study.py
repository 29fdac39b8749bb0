"""Every sentence of a report follows from its own study: policy, outcomes, documents and counts."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from own_studies import OWN, RELOCATION, STUDIES, Words, add_studies, literals
from small_project import Project, environment, tree

from oib_pipeline.client.status import status
from oib_pipeline.contract.tables import tables
from oib_pipeline.contract.variables import variables
from oib_pipeline.defs.resources import Project as Resource
from oib_pipeline.defs.studies.report import profile_inputs
from oib_pipeline.report.cities.profile import write_profiles
from oib_pipeline.report.formats.typst import source
from oib_pipeline.report.render import report_document
from oib_pipeline.versions.inputs import read_inputs
from oib_pipeline.versions.ledger import read_ledger
from oib_pipeline.versions.plan import make_plan

RAW = (
    r"\[\[", r"\]\]", r"\{", r"\}", r"\bnan\b", r"\bNaT\b", r"<NA>",
    r"[^\n]None\b|\bNone[^\n]",  # alone in a cell it is an option: no controls
)  # fmt: skip
COUNTED = (
    "models|coefficients|cities|checks|draws|others|releases|variables|values|outcomes|controls|"
    "years|city-years|grantees|specifications|documents|estimates|figures"
)
ONE_OF_MANY = rf"(?<![\d.,–−])\b1 (?:{COUNTED}|treated cities)\b"
COLUMNS = {*tables()["core_indices"].columns, *tables()["core_study_panel"].columns, *variables()}
SNAKE = sorted(name for name in COLUMNS if "_" in name)
# Sections that name columns and files on purpose: what each model reads, and how to rerun it.
BY_COLUMN = ("specifications", "inputs")


@pytest.fixture(scope="module")
def whole(refreshed: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A project whose one study has a report, before the three come beside it and after."""
    data = tmp_path_factory.mktemp("own") / "data"
    shutil.copytree(refreshed.data, data)
    project = Project(data)
    with environment(project):
        project.say_where()
        project.refresh("small")
        before = tree(project.settings.reports / "small")
        add_studies(project)
        inputs = read_inputs(project.settings)
        plan = make_plan(project.settings, inputs, read_ledger(project.warehouse))
        project.stale = {part for _, part in plan.stale}  # type: ignore[attr-defined]
        project.refresh()
        project.small = before  # type: ignore[attr-defined]
        yield project


@pytest.fixture(scope="module")
def told(whole: Project) -> dict[str, dict[str, str]]:
    """What each study says on its page, in print, in Word, on city pages and in the terminal."""
    found = {}
    lines = status(whole.settings)
    for name in STUDIES:
        folder = whole.settings.reports / name
        inputs = profile_inputs(Resource(), name)
        page = Words((folder / "index.html").read_text(encoding="utf-8"))
        word = docx.Document(io.BytesIO((folder / "report.docx").read_bytes()))
        treated = inputs.report.panel[inputs.report.panel["treated"] == 1]["city_code"].iloc[0]
        other = inputs.report.panel[inputs.report.panel["treated"] == 0]["city_code"].iloc[-1]
        pages = write_profiles(inputs, folder / "cities", [treated, other])
        cities = [*pages, folder / "cities" / "index.html"]
        found[name] = {
            "page": page.text(),
            "page without columns": page.text(*BY_COLUMN),
            "print": literals(source(report_document(inputs.report))),
            "word": "\n".join(word.element.body.itertext()),
            "cities": "\n".join(Words(path.read_text(encoding="utf-8")).text() for path in cities),
            "status": "\n".join(_of(lines, name)),
        }
    return found


def _of(lines: list[str], name: str) -> Iterator[str]:
    """The lines of ``oib status`` on one study."""
    mine = False
    for line in lines:
        if re.match(r"  \S", line) or not line.startswith(" "):
            mine = line.startswith(f"  {name}:")
        if mine:
            yield line


@pytest.mark.parametrize("name", STUDIES)
def test_no_word_of_another_study_stands_in_a_report(
    told: dict[str, dict[str, str]], name: str
) -> None:
    others = [word for other, words in OWN.items() if other != name for word in words]
    allowed = {"balance": {"ln GDP"}}.get(name, set())  # its control
    wrong = {
        where: sorted({w for w in (*others, *RELOCATION) if _has(text, w)} - allowed)
        for where, text in told[name].items()
    }
    assert not {where: words for where, words in wrong.items() if words}


def _has(text: str, word: str) -> bool:
    return re.search(rf"\b{re.escape(word)}", text, re.IGNORECASE) is not None


@pytest.mark.parametrize("name", STUDIES)
def test_a_report_has_its_own_policy_outcome_and_title(
    told: dict[str, dict[str, str]], name: str
) -> None:
    for where in ("page", "print", "word"):
        assert [word for word in OWN[name] if not _has(told[name][where], word)] == [], where


@pytest.mark.parametrize("name", STUDIES)
def test_no_raw_token_and_no_plural_of_one_is_shown(
    told: dict[str, dict[str, str]], name: str
) -> None:
    for where, text in told[name].items():
        found = [match[0] for one in (*RAW, ONE_OF_MANY) for match in re.finditer(one, text)]
        assert found == [], where


@pytest.mark.parametrize("name", STUDIES)
def test_variables_are_called_by_their_labels_outside_what_names_columns(
    told: dict[str, dict[str, str]], name: str
) -> None:
    for where in ("page without columns", "cities", "status"):
        text = told[name][where]
        assert [one for one in SNAKE if re.search(rf"(?<![\w/]){one}\b", text)] == [], where


def test_the_question_asks_after_the_outcome_and_counts_who_was_treated(
    told: dict[str, dict[str, str]],
) -> None:
    assert (
        "13 of 120 cities were under a policy (Decision on zones of export). Did their "
        in (told["wealth"]["page"])
    )
    assert "economic development (ln GDP per head) change because of it?" in told["wealth"]["page"]
    assert "1 of 46 cities was under a policy" in told["roads"]["page"]
    assert "Did its infrastructure (Road area per head) change" in told["roads"]["page"]
    assert "how it changed with how the other 45 changed" in told["roads"]["page"]
    assert "were grantees of a policy" in told["balance"]["page"]


def test_formulas_are_those_of_the_indices_in_use(told: dict[str, dict[str, str]]) -> None:
    for where in ("page", "print", "word"):
        assert "Theil = Σ" in told["balance"][where]
        assert "ln(yᵢ" not in told["wealth"][where]
        assert "controlsᵢₜ" not in told["wealth"][where]
        assert "treatedᵢ" in told["wealth"][where]


def test_a_study_shows_the_documents_of_its_policy_and_no_other(whole: Project) -> None:
    shown = {}
    for name in (*STUDIES, "small"):
        table = whole.settings.reports / name / "tables" / "policy-documents.csv"
        lines = table.read_text(encoding="utf-8").splitlines()
        assert "policies" not in lines[0]
        shown[name] = [line.partition(",")[0] for line in lines[1:]]
    assert shown["wealth"] == ["export_plan", "export_later"]
    assert shown["roads"] == ["ring_plan"]
    assert shown["balance"] == ["rebate_rules"]
    assert len(shown["small"]) == 11


def test_rows_for_another_study_change_nothing_of_this_one(whole: Project) -> None:
    assert whole.stale == {*STUDIES}  # type: ignore[attr-defined]
    assert tree(whole.settings.reports / "small") == whole.small  # type: ignore[attr-defined]


def test_the_paper_is_named_by_the_study_that_reproduces_it(whole: Project, tmp_path: Path) -> None:
    from oib_pipeline.report.formats.html import page

    with environment(whole):
        inputs = profile_inputs(Resource(), "wealth").report
    study = inputs.study.model_validate(
        inputs.study.model_dump()
        | {
            "reproduces": {
                "citation": "An Author (2020)",
                "shows": {"baseline": "Table 9"},
                "notes": {"baseline": "The paper has no such column."},
            }
        }
    )
    text = Words(page(report_document(type(inputs)(**{**vars(inputs), "study": study})))).text()
    assert "(the paper’s Table 9)" in text
    assert "The paper has no such column." in text
    assert text.count("the paper’s") == 1
