"""The models of a study: what is fitted, on which columns, and the long table of a result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import pandas as pd

from oib_pipeline.analysis.catalogue import RESULTS
from oib_pipeline.contract.counting import plural
from oib_pipeline.contract.errors import OibError
from oib_pipeline.contract.tables import tables
from oib_pipeline.registry.registry import Registry
from oib_pipeline.study import Study


@dataclass(frozen=True)
class Result:
    """A result of a study.

    Attributes
    ----------
    frame
        Rows of the ``est_`` table; ``place`` is their order as people read them.
    expected
        ``model``, ``outcome``, ``term`` of every row there must be.
    said
        What was estimated, in a few words.
    also
        Further tables it fills, by name, as the draws behind a placebo.
    reason
        Why there is nothing to show; empty where there is.
    """

    frame: pd.DataFrame
    expected: pd.DataFrame
    said: str
    also: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    reason: str = ""

    def placed(self) -> Result:
        """The same with the order of all rows kept in a column, for tables have none."""
        also = {name: _placed(frame) for name, frame in self.also.items()}
        return replace(self, frame=_placed(self.frame), also=also)


Terms = list[tuple[str, str, str]]


def result(
    study: str,
    fits: Iterable[pd.DataFrame],
    expected: Terms,
    also: Mapping[str, pd.DataFrame] | None = None,
) -> Result:
    """The long tables of some fits as one result.

    Raises
    ------
    ValueError
        Where every row says why it could not be estimated: then there is no result.
    """
    frame = pd.concat(list(fits), ignore_index=True)
    frame.insert(0, "study", study)
    _not_all_missing(frame)
    models = frame[["model", "outcome"]].drop_duplicates()
    missing = int(frame["estimate"].isna().sum())
    return Result(
        frame,
        pd.DataFrame(expected, columns=["model", "outcome", "term"]),
        f"{plural(len(models), 'model')}, {plural(len(frame), 'coefficient')}"
        + (f", {missing} of them not estimated, with the reason" if missing else ""),
        {name: table.assign(study=study) for name, table in (also or {}).items()},
    )


def compute(name: str, study: Study, data: StudyData) -> Result:
    """One result of a study; where it cannot be had, an empty one with the reason.

    Parameters
    ----------
    name
        One of ``catalogue.RESULTS``.
    data
        The study's panel, and what it was built from.

    Raises
    ------
    ValueError, OibError
        Only from the results that are required, saying what stands in the way.
    """
    declared = RESULTS[name]
    try:
        made: Result = declared.compute(study, data)
    except (ValueError, OibError) as error:
        if declared.required:
            raise
        made = without(declared.table, declared.extra_names, str(error))
    return made.placed()


def absent(model: str, outcome: str, reason: object, **more: object) -> pd.DataFrame:
    """The row of a model that could not be estimated: no numbers, and why."""
    row = {"model": model, "outcome": outcome, "term": "did", **more, "note": str(reason)}
    undefined = dict.fromkeys(("estimate", "se", "t", "p", "ci_low", "ci_high"), float("nan"))
    return pd.DataFrame([row | undefined | {"n_obs": 0, "n_clusters": 0, "convention": ""}])


def without(table: str, also: Iterable[str], reason: str) -> Result:
    """A result that could not be had: empty tables, and why."""
    return Result(
        empty(table),
        pd.DataFrame(columns=list(tables()[table].key[1:]), dtype="object"),
        f"none: {reason}",
        {name: empty(name) for name in also},
        reason,
    )


def _not_all_missing(frame: pd.DataFrame) -> None:
    if "note" in frame and frame["estimate"].isna().all():
        raise ValueError("; ".join(dict.fromkeys(frame["note"])))


def _placed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(place=range(1, len(frame) + 1))


def empty(table: str) -> pd.DataFrame:
    """A table of the contract without rows."""
    return pd.DataFrame(columns=list(tables()[table].columns))


def arranged(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """A slice of an ``est_`` table in the order of ``place``.

    Columns beyond the contract belong to some studies and results only; those empty here go.
    """
    own = tables()[table].columns
    other = [name for name in frame.columns if name not in own and frame[name].isna().all()]
    ordered = frame.sort_values("place", kind="stable", ignore_index=True)
    return ordered.drop(columns=["place", *other])


@dataclass(frozen=True)
class StudyData:
    """A study's panel, and what another panel of it is built from where a rule is varied.

    Attributes
    ----------
    panel
        Rows of ``core_study_panel`` of the study; a control counts when its column is filled.
    read_indices
        Gives ``indices`` when a result first asks for them: most never do.
    registry
        Cities, samples, policies and borders.
    """

    panel: pd.DataFrame
    read_indices: Callable[[], pd.DataFrame]
    registry: Registry

    @cached_property
    def indices(self) -> pd.DataFrame:
        """Rows of ``core_indices`` of the study's order of sources and scope."""
        return self.read_indices()


KEYS: dict[str, Any] = {"unit": "city_code", "time": "year"}
POLICY: dict[str, Any] = {"treated": "treated", "post": "post"}


@dataclass(frozen=True)
class Model:
    """One model: its name, its outcome and its controls."""

    name: str
    outcome: str
    controls: tuple[str, ...]


def controls_of(study: Study, panel: pd.DataFrame) -> tuple[str, ...]:
    """Controls of the study that its panel holds, in the study's order."""
    return tuple(name for name in study.controls if name in panel and panel[name].notna().any())


def numbered(study: Study, panel: pd.DataFrame, first: int) -> list[Model]:
    """Each outcome without and with controls, numbered from ``first``."""
    controls = controls_of(study, panel)
    sets = ((), controls) if controls else ((),)
    pairs = [(outcome, used) for outcome in study.outcomes for used in sets]
    return [
        Model(str(number), outcome, used)
        for number, (outcome, used) in enumerate(pairs, start=first)
    ]


def headline(study: Study, panel: pd.DataFrame) -> list[Model]:
    """The baseline's model of each outcome with the most controls: what other results judge."""
    last = {model.outcome: model for model in numbered(study, panel, first=1)}
    return [last[outcome] for outcome in study.outcomes]


def policy_start(panel: pd.DataFrame) -> int:
    """First policy year of the panel's cities: one for all of them."""
    return int((panel["year"] - panel["event_time"]).iloc[0])
