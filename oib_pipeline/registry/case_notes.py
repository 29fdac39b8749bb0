"""What has been written about single cities: short notes, each with its source."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from oib_pipeline.contract.errors import OibError

FIELDS = ("city_code", "place", "text", "source")


@dataclass(frozen=True)
class CaseNote:
    """One note: the city, the part of it that is meant, the words, and where they rest on."""

    city_code: str
    place: str
    text: str
    source: str


def read_case_notes(path: Path, cities: Collection[str]) -> tuple[CaseNote, ...]:
    """The notes of a file in their order; none where there is no file.

    Raises
    ------
    OibError
        Naming the note and the field, when one is missing, empty or about an unknown city.
    """
    import yaml

    if not path.is_file():
        return ()
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except yaml.YAMLError as error:
        raise OibError(f"{path} is not YAML: {error}") from error
    if not isinstance(content, list):
        raise OibError(f"{path} must be a list of notes with {', '.join(FIELDS)}")
    return tuple(_note(path, place, item, cities) for place, item in enumerate(content, start=1))


def _note(path: Path, place: int, item: object, cities: Collection[str]) -> CaseNote:
    given = item if isinstance(item, dict) else {}
    lacking = [name for name in FIELDS if not isinstance(given.get(name), str) or not given[name]]
    other = sorted(str(name) for name in given if name not in FIELDS)
    if lacking or other:
        said = f"lacks {', '.join(lacking)} as text" if lacking else f"has {', '.join(other)}"
        raise OibError(f"{path}, note {place} {said}; a note has {', '.join(FIELDS)}")
    if given["city_code"] not in cities:
        raise OibError(f"{path}, note {place}: {given['city_code']!r} is no city of cities.csv")
    return CaseNote(**{name: given[name].strip() for name in FIELDS})
