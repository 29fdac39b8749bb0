"""One result: its long table, the rows it must have, and what to say of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from oib_pipeline.contract.counting import plural
from oib_pipeline.contract.tables import tables


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
