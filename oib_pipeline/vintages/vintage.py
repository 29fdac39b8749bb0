"""When a new vintage begins; changes as sentences."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from oib_pipeline.vintages.changes import SAME, changed_inputs, changed_values, moves
from oib_pipeline.vintages.snapshot import State

if TYPE_CHECKING:
    import pandas as pd


FIRST = "This is the first vintage: there is none to compare it with."
SEVERAL = "more than one thing changed at once, so what moved is due to them together"
FEW = 6
FEW_STAGES = 3
TOLD = ["kind", "name", "change", "was", "now"]
CITY_TABLES = ("cities.csv", "samples.csv", "former_codes.csv")
POLICIES = "policies.csv"
HEADLINE = ("baseline", "did")
LEAST = 0.01  # of a standard error; less is told as less than that


def reasons(changes: pd.DataFrame) -> list[str]:
    """What changed, one clause a kind: years, releases, values, cities, study file, code."""
    found: list[str] = []
    for kind, told in (
        ("year", "data years"),
        ("release", "releases"),
        ("city", "cities"),
    ):
        for change in ("added", "removed", "revised", "recoded"):
            rows = _rows(changes, kind, change)
            if len(rows):
                names = [_named(row) for row in rows]
                found.append(f"{told} {change}: {_few(names)}")
    if count := len(_rows(changes, "value", "revised")):
        cells = "value was" if count == 1 else "values were"
        found.append(f"{count:,} {cells} revised")
    found += [
        f"the study’s field {row['name']} was {row['was'] or 'absent'}, is {row['now'] or 'absent'}"
        for row in _rows(changes, "study")
    ]
    found += _files(changes)
    found += _code(changes)
    found += [
        f"{row['name']} {row['was'] or 'none'} was replaced by {row['now'] or 'none'}"
        for row in _rows(changes, "library")
    ]
    return found


def moved_sentence(moves: pd.DataFrame) -> str:
    """How many estimates moved, and the baseline’s farthest move."""
    counts = moves["change"].value_counts()
    number = f"{counts['moved']:,}" if "moved" in counts else "none"
    parts = [f"{number} of {int((moves['change'] != 'added').sum()):,} moved"]
    parts += [f"{int(counts[word]):,} {word}" for word in ("added", "removed") if word in counts]
    text = f"estimates: {', '.join(parts)}"
    result, term = HEADLINE
    head = moves[(moves["result"] == result) & (moves["term"] == term)]
    head = head[head["change"] == "moved"].dropna(subset="moved_se")
    if head.empty:
        return text
    if not (head["moved_se"].abs() > SAME).any():
        return f"{text}; in the baseline errors or p-values alone"
    row = head.loc[head["moved_se"].abs().idxmax()]
    was, now = _told_apart(row["was"], row["now"])
    by = f"{row['moved_se']:+.2f}" if abs(row["moved_se"]) >= LEAST else f"less than {LEAST}"
    return (
        f"{text}; in the baseline {row['outcome']} ({row['model']}) moved most, from "
        f"{_minus(was)} to {_minus(now)}, {_minus(by)} s.e."
    )


def several_causes(why: list[str]) -> bool:
    """Whether clauses tell of more than one cause: releases with their years and values are one."""
    same = ("data years", "releases", "the code of", "the study’s")
    causes = {next((start for start in same if line.startswith(start)), line) for line in why}
    data = {
        line
        for line in causes
        if line in same[:2] or line.endswith(("was revised", "were revised"))
    }
    return len(causes - data) + bool(data) > 1


def _told_apart(was: float, now: float) -> tuple[str, str]:
    """Two numbers with as many decimals as show that they differ, four to seven."""
    for decimals in range(4, 8):
        told = f"{was:.{decimals}f}", f"{now:.{decimals}f}"
        if told[0] != told[1]:
            break
    return told


def _minus(number: str) -> str:
    return number.replace("-", "\u2212")


def code_rooms(was: str, now: str) -> list[str]:
    """Rooms whose code differs between two records of a stage."""
    old, new = (json.loads(text) if text else {} for text in (was, now))
    return sorted(room for room in {*old, *new} if old.get(room) != new.get(room))


def _code(changes: pd.DataFrame) -> list[str]:
    by_rooms: dict[tuple[str, ...], list[str]] = {}
    for row in _rows(changes, "code"):
        by_rooms.setdefault(tuple(code_rooms(row["was"], row["now"])), []).append(row["name"])
    return [
        f"the code of {_stages(stages)} changed (in {', '.join(rooms)})"
        for rooms, stages in by_rooms.items()
    ]


def _stages(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= FEW_STAGES else f"{len(names)} stages"


def _files(changes: pd.DataFrame) -> list[str]:
    """Tables of the registry and other files; a study's own file is told by its fields.

    That the list of cities differs goes without saying where cities came or went, and that
    policies.csv does where it says something of those: what it says of the others is recorded
    with them, so they would be told too.
    """
    cities = _rows(changes, "city")
    said = {*CITY_TABLES} if cities else set()
    if any(_under(side) for row in cities for side in (row["was"], row["now"])):
        said.add(POLICIES)
    tables = [row["name"] for row in _rows(changes, "registry") if row["name"] not in said]
    others = [
        f"data/{row['name']}"
        for row in _rows(changes, "data")
        if not row["name"].startswith("studies/")
    ]
    names = [*(f"data/registry/{name}" for name in tables), *others]
    return [f"changed: {_few(names)}"] if names else []


def _rows(changes: pd.DataFrame, kind: str, change: str = "") -> list[dict[str, Any]]:
    rows = changes[changes["kind"] == kind]
    rows = rows[rows["change"] == change] if change else rows
    return list(rows[TOLD].astype("object").fillna("").to_dict("records"))


def _named(row: dict[str, Any]) -> str:
    if row["kind"] == "release" and row["change"] == "added":
        return f"{row['name']} ({row['now']})"
    if row["kind"] != "city":
        return str(row["name"])
    if row["change"] == "recoded":
        return f"{row['was']} is now {row['now']}"
    was, now = _under(row["was"]), _under(row["now"])
    under = f"was {was or 'not treated'}, is {now or 'not treated'}"
    under = now or was if row["change"] != "revised" else under if was != now else ""
    name = json.loads(row["now"] or row["was"])["name"]
    return f"{name} ({', '.join(filter(None, [row['name'], under]))})"


def _under(facts: str) -> str:
    """What policies.csv says of a city, in words; empty where nothing, or where it is not known."""
    known = json.loads(facts) if facts.startswith("{") else {}
    told = [f"treated from {known['since']}"] if known.get("since") else []
    second = known.get("demonstration")
    return ", ".join([*told, *([f"demonstration area from {second}"] if second else [])])


def _few(names: list[str]) -> str:
    shown = ", ".join(names[:FEW])
    return shown if len(names) <= FEW else f"{shown} and {len(names) - FEW} more"


@dataclass(frozen=True)
class Kept:
    """The last vintage as the warehouse keeps it."""

    vintage: int
    results: str
    panel: str
    estimates: pd.DataFrame
    inputs: pd.DataFrame
    chosen: pd.DataFrame


@dataclass(frozen=True)
class Vintage:
    """A vintage and what set it apart from the one before.

    Attributes
    ----------
    number
        1 for the first.
    new
        False where the results are those of the last vintage: then its record of inputs, and
        nothing else, is brought up to date.
    changes, moves
        See `changed_inputs`, `changed_values` and `moves`; None where there is nothing to compare.
    why, moved
        Both in words.
    """

    number: int
    new: bool
    state: State
    changes: pd.DataFrame | None = None
    moves: pd.DataFrame | None = None
    why: list[str] = field(default_factory=lambda: [FIRST])
    moved: str = ""


def next_vintage(state: State, last: Kept | None) -> Vintage:
    """The vintage of a state; the same state, or a run taken up again, makes no second one."""
    import pandas as pd

    if last is None:
        return Vintage(1, True, state)
    if (last.results, last.panel) == (state.results, state.panel):
        return Vintage(last.vintage, False, state)
    parts = [changed_inputs(last.inputs, state.inputs), changed_values(last.chosen, state.chosen)]
    filled = [part for part in parts if len(part)]
    changes = pd.concat(filled, ignore_index=True) if filled else parts[0]
    shifted = moves(last.estimates, state.estimates)
    why = reasons(changes) or ["nothing that is recorded of the inputs"]
    if several_causes(why) and shifted["change"].eq("moved").any():
        why.append(SEVERAL)
    return Vintage(last.vintage + 1, True, state, changes, shifted, why, moved_sentence(shifted))
