"""Fixed text of the report is in one catalogue: every row is used, and every key has a row."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from oib_pipeline import report
from oib_pipeline.report.text.catalogue import catalogue, placeholders, text

MODULE = "oib_pipeline.report.text.catalogue"


@cache
def calls() -> tuple[tuple[str, ast.Call], ...]:
    """Every call that reads the catalogue, with its file and line."""
    return tuple(
        (f"{path.name}:{node.lineno}", node)
        for path in sorted(Path(report.__file__).parent.rglob("*.py"))
        if path.name != "catalogue.py"
        for tree in [ast.parse(path.read_text(encoding="utf-8"))]
        for readers in [readers_of(tree)]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        if isinstance(node.func, ast.Name) and node.func.id in readers
    )


def readers_of(tree: ast.Module) -> set[str]:
    """Readers of the catalogue that a module imports."""
    return {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == MODULE
        for alias in node.names
        if alias.name == "text"
    }


def written() -> Iterator[tuple[str, str, set[str]]]:
    """File and line, key and names of the values, of every call with its key written out."""
    for place, call in calls():
        key = call.args[0]
        if isinstance(key, ast.Constant):
            yield place, str(key.value), {str(word.arg) for word in call.keywords}


def test_every_key_is_written_out_where_it_is_used() -> None:
    assert [place for place, call in calls() if not isinstance(call.args[0], ast.Constant)] == []


def test_every_used_key_is_in_the_catalogue_with_the_values_it_is_given() -> None:
    wrong = [
        f"{place}: {key} {sorted(given)}"
        for place, key, given in written()
        if key not in catalogue() or placeholders(catalogue()[key]["en"]) != given
    ]
    assert not wrong


def test_every_key_of_the_catalogue_is_used() -> None:
    assert sorted({*catalogue()} - {key for _, key, _ in written()}) == []


@pytest.mark.parametrize("key", [key for key, row in catalogue().items() if row["zh"]])
def test_chinese_has_the_placeholders_of_english(key: str) -> None:
    row = catalogue()[key]
    assert placeholders(row["zh"]) == placeholders(row["en"])


def test_every_heading_is_in_chinese_too() -> None:
    heads = {key for key in catalogue() if key.startswith(("heading.", "part."))}
    assert heads
    assert sorted(key for key in heads if not catalogue()[key]["zh"]) == []


def test_an_unknown_key_a_missing_value_and_an_unused_one_are_refused_by_name() -> None:
    with pytest.raises(KeyError, match=r"catalogue\.csv has no key 'heading\.none'"):
        text("heading.none")
    with pytest.raises(TypeError, match=r"note\.assumption: no value for cities"):
        text("note.assumption")
    with pytest.raises(TypeError, match=r"heading\.data: no placeholder for cities"):
        text("heading.data", cities="the pilot cities")
