"""Estimates in the order people read them: models, outcomes and terms as the study lists them."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.study import Study


def arranged(frame: pd.DataFrame, study: Study) -> pd.DataFrame:
    """Rows by outcome, model, then policy terms in time order before controls."""
    if "variable" in frame:
        return _by(frame, [_places(frame["variable"], [*study.outcomes, *study.controls])])
    if frame.empty or "model" not in frame:
        return frame
    time = frame["event_time"] if "event_time" in frame else pd.Series(0, index=frame.index)
    return _by(
        frame,
        [
            _places(frame["outcome"], study.outcomes),
            frame["model"].astype(str).str.zfill(8),
            _places(frame["term"], study.controls, unlisted=-1),
            time.astype("float64").fillna(0),
        ],
    )


def _places(column: pd.Series, order: list[str], unlisted: int = 10**6) -> pd.Series:
    return column.map({name: place for place, name in enumerate(order)}).fillna(unlisted)


def _by(frame: pd.DataFrame, keys: list[pd.Series]) -> pd.DataFrame:
    order = pd.concat(keys, axis=1, keys=range(len(keys))).sort_values(
        list(range(len(keys))), kind="stable"
    )
    return frame.loc[order.index].reset_index(drop=True)
