"""A study file is read as written, or refused with the field and what is allowed."""

from pathlib import Path

import pytest

from oib_pipeline.contract.errors import OibError
from oib_pipeline.report.document.document import FIGURES, TABLES
from oib_pipeline.study import SHOWN, SHOWN_BY_OUTCOME, read_studies, read_study

STUDIES = Path(__file__).parents[2] / "data" / "studies"


def test_every_committed_study_is_valid_and_named_as_its_file() -> None:
    studies = read_studies(STUDIES)
    assert "relocation_2014" in studies and "real_whole_city" in studies
    assert all(name == study.name for name, study in studies.items())


def test_two_years_are_first_and_last_and_more_are_themselves(tmp_path: Path) -> None:
    assert read_study(STUDIES / "relocation_2014.yml").year_list == list(range(2010, 2019))
    text = (STUDIES / "relocation_2014.yml").read_text(encoding="utf-8")
    changed = text.replace("[2010, 2018]", "[2017, 2020, 2023]")
    path = tmp_path / "relocation_2014.yml"
    path.write_text(changed, encoding="utf-8")
    assert read_study(path).year_list == [2017, 2020, 2023]


def test_synthetic_and_genuine_sources_never_share_a_precedence() -> None:
    studies = read_studies(STUDIES)
    assert studies["relocation_2014"].precedence == "ccsy (synthetic)"
    assert "synthetic" not in studies["real_whole_city"].precedence


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("scope: districts", "scope: county", "districts"),
        ("outcomes: [ais, theil]", "outcomes: [gini]", "gini"),
        ("years: [2010, 2018]", "years: [2018, 2010]", "years"),
        ("limit: 2", "limit: 0", "gaps.limit"),
        ("cluster: city_code", "clutser: city_code", "clutser"),
        ("theil: lower}", "gini: lower}", "words.aims names gini; outcomes are ais, theil"),
        ("    map: Figure 1", "    mpa: Figure 1", "reproduces.shows names mpa; known are"),
        ("treated: pilot", "treated: pilots", "words.treated"),
        ("name: relocation_2014", "name: other", "the file says"),
        ("name: relocation_2014", "name: [", "YAML"),
    ],
)
def test_a_wrong_field_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (STUDIES / "relocation_2014.yml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "relocation_2014.yml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(OibError, match=said):
        read_study(path)


def test_the_names_a_paper_can_be_said_of_are_those_the_report_numbers() -> None:
    assert {*SHOWN} <= {*TABLES, *FIGURES}
    assert {*SHOWN_BY_OUTCOME} <= {*FIGURES}


def test_an_absent_study_lists_those_there_are() -> None:
    with pytest.raises(OibError, match="relocation_2014"):
        read_study(STUDIES / "nothing.yml")
