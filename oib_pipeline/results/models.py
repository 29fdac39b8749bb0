"""The models of a study: each outcome without and with controls, numbered as they are printed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from oib_pipeline.study import Study

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
