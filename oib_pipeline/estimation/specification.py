"""One specification of a curve, and the sample and panel it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from oib_pipeline.estimation.arguments import whole_number
from oib_pipeline.estimation.columns import check_columns, codes, numbers
from oib_pipeline.estimation.door import read_panel
from oib_pipeline.estimation.panel import Panel


@dataclass(frozen=True)
class Specification:
    """One way to estimate the same effect; what is not said is as in the baseline.

    Attributes
    ----------
    name : str
        Its name in the table, unique in a curve.
    data : str
        Which variant of the data (another outlier or gap rule): a key of the mapping given to
        :func:`specification_curve`.
    controls : tuple of str
        Control columns.
    without_units : tuple of str
        0/1 columns; every unit with a 1 in any row of any of them is left out.
    without_rows : tuple of str
        0/1 columns; rows with a 1 in any of them are left out.
    first, last : optional
        First and last time kept.
    time_by : str, optional
        Column whose groups each get time effects of their own (region by year).
    choices : mapping
        What this specification chose in each dimension, for the table and the figure's panel:
        ``{"controls": "none", "outliers": "winsorised"}``.
    """

    name: str
    data: str = "main"
    controls: tuple[str, ...] = ()
    without_units: tuple[str, ...] = ()
    without_rows: tuple[str, ...] = ()
    first: int | None = None
    last: int | None = None
    time_by: str | None = None
    choices: Mapping[str, str] = field(default_factory=dict)


class Samples:
    """Panels of specifications, each sample cut once however many specifications share it."""

    def __init__(self, data: Mapping[str, pd.DataFrame], columns: Mapping[str, str]) -> None:
        self._data, self._columns = data, columns
        self._frames: dict[tuple, pd.DataFrame] = {}
        self._panels: dict[tuple, Panel] = {}

    def panel(self, wanted: Specification) -> Panel:
        """Return the panel of a specification, its controls as regressors."""
        cut = (
            wanted.data, wanted.without_units, wanted.without_rows, wanted.first, wanted.last,
        )  # fmt: skip
        key = (*cut, tuple(wanted.controls), wanted.time_by)
        if key not in self._panels:
            if cut not in self._frames:
                self._frames[cut] = self._cut(wanted)
            c = self._columns
            self._panels[key] = read_panel(
                self._frames[cut],
                outcome=c["outcome"],
                regressors=wanted.controls,
                unit=c["unit"],
                time=c["time"],
                extra=(c["treated"], c["post"]),
                time_by=wanted.time_by,
            )
        return self._panels[key]

    def _cut(self, wanted: Specification) -> pd.DataFrame:
        if wanted.data not in self._data:
            raise ValueError(f"no data {wanted.data!r}; there are {sorted(self._data)}")
        frame = self._data[wanted.data]
        marks = (*wanted.without_units, *wanted.without_rows)
        unit, time = self._columns["unit"], self._columns["time"]
        check_columns(frame, dict.fromkeys(marks, "mark") | {unit: "unit", time: "time"})
        keep = np.ones(len(frame), dtype=bool)
        code, labels = codes(frame, unit, "unit")
        for name in wanted.without_units:
            marked = np.bincount(code, numbers(frame, name, "mark") == 1, len(labels)) > 0
            keep &= ~marked[code]
        for name in wanted.without_rows:
            keep &= numbers(frame, name, "mark") != 1
        if wanted.first is not None:
            keep &= (frame[time] >= whole_number(wanted.first, "first")).to_numpy()
        if wanted.last is not None:
            keep &= (frame[time] <= whole_number(wanted.last, "last")).to_numpy()
        return frame if keep.all() else frame[keep]
