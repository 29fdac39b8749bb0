"""What a study's results are and what they were made from, at one moment."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


ESTIMATE = ["result", "model", "outcome", "term"]
NUMBERS = ["estimate", "se", "p", "n_obs", "n_clusters"]
VALUE = ["city_code", "year", "variable"]
DIGITS = "%.10g"  # what a machine adds beyond ten digits is no change
Slice = tuple[str, str]


@dataclass(frozen=True)
class State:
    """One moment of a study.

    Attributes
    ----------
    estimates
        result, model, outcome, term, estimate, se, p, n_obs, n_clusters.
    chosen
        Chosen values: city_code, year, variable, value (contract unit), place (its cell).
    inputs
        kind, name, value (a digest, a version or facts as JSON), n (what it counts, or missing).
    panel
        Digest of the panel that was estimated on.
    """

    estimates: pd.DataFrame
    chosen: pd.DataFrame
    inputs: pd.DataFrame
    panel: str

    @property
    def results(self) -> str:
        """Digest of every estimate, its error, its p-value and what it rests on."""
        return frame_digest(self.estimates, ESTIMATE)


def estimates_of(frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """The estimates of all results (by name) that have any, in one frame."""
    import pandas as pd

    parts = [
        frame.assign(result=result)[[*ESTIMATE, *NUMBERS]]
        for result, frame in frames.items()
        if "estimate" in frame.columns and len(frame)
    ]
    empty = pd.DataFrame(columns=[*ESTIMATE, *NUMBERS])
    return pd.concat(parts, ignore_index=True) if parts else empty


def chosen_of(sources: pd.DataFrame) -> pd.DataFrame:
    """The chosen values of ``core_sources`` with where each is printed."""
    chosen = sources[sources["chosen"].astype(bool)]
    place = chosen["release"].str.cat([chosen["file"], chosen["sheet"], chosen["cell"]], sep=" ")
    return chosen[[*VALUE, "value"]].assign(place=place)


def inputs_of(
    panel: pd.DataFrame,
    sources: pd.DataFrame,
    cities: pd.DataFrame,
    made_of: Mapping[Slice, Mapping[str, str]],
) -> pd.DataFrame:
    """What a study was made from, one row a release, city, year, file, field and stage of code.

    Parameters
    ----------
    panel
        ``core_study_panel`` of the study.
    sources
        ``core_sources`` of its sample, scope and years.
    cities
        Cities of the registry.
    made_of
        What each slice before its results was made of, by ``kind/name``.
    """
    import pandas as pd

    rows = [
        *_releases(sources, made_of),
        *_cities(panel, cities),
        *((("year", str(year), "", n)) for year, n in _counted(panel["year"])),
        *_components(made_of),
        *_code(made_of),
    ]
    frame = pd.DataFrame(rows, columns=["kind", "name", "value", "n"])
    frame["n"] = frame["n"].astype("Int64")
    return frame.sort_values(["kind", "name"], ignore_index=True)


def frame_digest(frame: pd.DataFrame, key: list[str]) -> str:
    """SHA-256 of a frame's content to ten digits, whatever the order of its rows and columns."""
    ordered = frame[sorted(frame.columns)].sort_values(key, kind="stable")
    text = ordered.to_csv(index=False, float_format=DIGITS, lineterminator="\n")
    return hashlib.sha256(text.encode()).hexdigest()


def _releases(sources: pd.DataFrame, made_of: Mapping[Slice, Mapping[str, str]]) -> Iterable[tuple]:
    used = dict(_counted(sources.loc[sources["chosen"].astype(bool), "release"]))
    for (stage, part), parts in sorted(made_of.items()):
        if stage == "raw_observations":
            files = {name: mark for name, mark in parts.items() if name.startswith("file/")}
            yield "release", part, _text(files), used.get(part, 0)


def _cities(panel: pd.DataFrame, cities: pd.DataFrame) -> Iterable[tuple]:
    names = cities.set_index("city_code")["name_zh"]
    marks = panel.assign(
        since=(panel["year"] - panel["event_time"]).where(panel["treated"] == 1),
        second=panel["year"].where(panel["demonstration"] == 1),
    )
    facts = marks.groupby("city_code").agg(
        city=("city", "first"),
        region=("region", "first"),
        treated=("treated", "max"),
        since=("since", "min"),
        second=("second", "min"),
        n=("year", "size"),
    )
    for code, row in facts.iterrows():
        known = {
            "name": str(row["city"]),
            "name_zh": str(names.get(code, "")),
            "region": str(row["region"]),
            "treated": int(row["treated"]),
            "since": _year(row["since"]),
            "demonstration": _year(row["second"]),
        }
        yield "city", str(code), _text(known), int(row["n"])


def _year(number: float) -> int | None:
    return None if number != number else int(number)  # NaN is not itself


def _components(made_of: Mapping[Slice, Mapping[str, str]]) -> Iterable[tuple]:
    found: dict[tuple[str, str], set[str]] = {}
    for parts in made_of.values():
        for key, mark in parts.items():
            kind, _, name = key.partition("/")
            if kind in ("registry", "study", "data", "library"):
                found.setdefault((kind, name), set()).add(mark)
    for (kind, name), marks in found.items():
        yield kind, name, ", ".join(sorted(marks)), None


def _code(made_of: Mapping[Slice, Mapping[str, str]]) -> Iterable[tuple]:
    """One row a stage: the rooms whose code made it, each with its digest."""
    found: dict[str, dict[str, set[str]]] = {}
    for (stage, _), parts in made_of.items():
        rooms = found.setdefault(stage, {})
        for key, mark in parts.items():
            if key.startswith("room/"):
                rooms.setdefault(key.removeprefix("room/"), set()).add(mark)
    for stage, rooms in found.items():
        if rooms:
            yield "code", stage, _text({n: ", ".join(sorted(m)) for n, m in rooms.items()}), None


def _counted(column: pd.Series) -> list[tuple[str, int]]:
    return [(name, int(n)) for name, n in column.value_counts().sort_index().items()]


def _text(facts: Mapping[str, object]) -> str:
    return json.dumps(facts, ensure_ascii=False, sort_keys=True)
