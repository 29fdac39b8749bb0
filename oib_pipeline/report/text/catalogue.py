"""Fixed text of the report by its key: headings, titles of tables and figures, notes.

The text is in ``catalogue.csv``, a row a key in English and Chinese; ``{name}`` marks where a value
is put in.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from string import Formatter

FILE = "catalogue.csv"


def text(key: str, **values: object) -> str:
    """The English text of a key, with its values put in.

    Parameters
    ----------
    key
        The first column of ``catalogue.csv``.
    values
        One for each placeholder of the text, by its name.

    Raises
    ------
    KeyError
        If the key is not in the catalogue.
    TypeError
        If a placeholder has no value, or a value no placeholder.
    """
    if key not in catalogue():
        raise KeyError(f"{FILE} has no key {key!r}: add a row, or correct the key")
    template = catalogue()[key]["en"]
    wanted = placeholders(template)
    if missing := sorted(wanted - {*values}):
        raise TypeError(f"{FILE}, {key}: no value for {', '.join(missing)} in {template!r}")
    if unused := sorted({*values} - wanted):
        raise TypeError(f"{FILE}, {key}: no placeholder for {', '.join(unused)} in {template!r}")
    return template.format(**values)


def placeholders(template: str) -> set[str]:
    """Names of the values that a text needs."""
    return {name for _, name, _, _ in Formatter().parse(template) if name is not None}


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every row of the catalogue by its key, with ``en`` and ``zh``.

    Raises
    ------
    ValueError
        If a key is there twice, or has no English text.
    """
    lines = files(__package__).joinpath(FILE).read_text(encoding="utf-8").splitlines()
    found: dict[str, dict[str, str]] = {}
    for row in csv.DictReader(lines, strict=True):
        key = row["key"]
        if key in found:
            raise ValueError(f"{FILE}: {key!r} has two rows; a key has one")
        if not row["en"]:
            raise ValueError(f"{FILE}: {key!r} has no English text")
        found[key] = row
    return found
