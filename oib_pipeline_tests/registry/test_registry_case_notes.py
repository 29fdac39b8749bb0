"""Case notes are about known cities and say where they come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from oib_pipeline.contract.errors import OibError
from oib_pipeline.registry.registry import load_registry, read_case_notes

REGISTRY = Path(__file__).parents[2] / "data" / "registry"


def test_the_notes_of_the_project_are_about_its_five_cities():
    notes = read_case_notes(
        REGISTRY / "case_notes.yml", set(load_registry(REGISTRY).cities.city_code)
    )
    codes = {note.city_code for note in notes}
    assert codes == {"510300", "320300", "110000", "420300", "640200"}
    assert all(note.source and len(note.text) > 100 for note in notes)


def test_no_file_is_no_note(tmp_path):
    assert read_case_notes(tmp_path / "none.yml", {"320300"}) == ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1", "must be a list"),
        ("- {city_code: '320300', place: a, text: b}", "note 1 lacks source"),
        ("- {city_code: 320300, place: a, text: b, source: c}", "lacks city_code"),
        ("- {city_code: '320300', place: a, text: b, source: c, more: d}", "has more"),
        ("- {city_code: '999999', place: a, text: b, source: c}", "no city"),
        ("- {", "not YAML"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, said):
    path = tmp_path / "case_notes.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(OibError, match=said):
        read_case_notes(path, {"320300"})
