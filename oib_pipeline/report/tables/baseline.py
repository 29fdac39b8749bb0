"""The baseline: its models side by side."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.blocks import Cell, Table
from oib_pipeline.report.called import Called
from oib_pipeline.report.estimation_sample import EstimationSample, estimation_sample
from oib_pipeline.report.headline import TREATMENT
from oib_pipeline.report.labels import TREATED_CITY
from oib_pipeline.report.numbers import MISSING, fixed, whole
from oib_pipeline.report.tables.models import (
    Column,
    columns_of,
    count_cell,
    models_table,
    number_cell,
)
from oib_pipeline.report.text import capital


def baseline_table(
    frame: pd.DataFrame,
    panel: pd.DataFrame,
    *,
    name: str = "baseline",
    title: str,
    called: Called = TREATED_CITY,
    notes: tuple[str, ...] = (),
) -> Table:
    """Estimates of every term, then controls, effects, N, cities, fit and the outcome's mean."""
    columns = columns_of(frame)
    used = {_key(column): _sample(column, panel) for column in columns}
    return models_table(
        columns,
        name=name,
        title=title,
        statistics=(
            ("Controls", lambda column: Cell("yes" if _controls(column, panel) else "no")),
            ("City effects", lambda column: Cell("yes")),
            ("Year effects", lambda column: Cell("yes")),
            ("City-years", count_cell("n_obs")),
            ("Cities (clusters)", count_cell("n_clusters")),
            (capital(called.many), lambda column: _cities(column, used[_key(column)], pilots=True)),
            ("Others", lambda column: _cities(column, used[_key(column)], pilots=False)),
            ("R² within", number_cell("r2_within")),
            ("Mean of outcome", lambda column: _mean(column, used[_key(column)])),
        ),
        notes=notes,
        called=called,
    )


def _controls(column: Column, panel: pd.DataFrame) -> list[str]:
    """Terms of the model that are columns of the panel, the treatment aside."""
    return [name for name in column.rows["term"] if name in panel and name != TREATMENT]


def _mean(column: Column, sample: EstimationSample) -> Cell:
    """The outcome's mean over the city-years the model used."""
    mean = float(sample.used[column.outcome].mean())
    return Cell(fixed(mean, 3), value=mean)


def _cities(column: Column, sample: EstimationSample, *, pilots: bool) -> Cell:
    """Pilot or other cities the model used; n.a. where the panel does not give its counts."""
    if not sample.fits(column.first["n_obs"], column.first["n_clusters"]):
        return Cell(MISSING)
    count = sample.n_pilots if pilots else sample.n_others
    return Cell(whole(count), value=float(count))


def _key(column: Column) -> tuple[str, str]:
    return column.outcome, column.model


def _sample(column: Column, panel: pd.DataFrame) -> EstimationSample:
    return estimation_sample(panel, column.outcome, _controls(column, panel))
