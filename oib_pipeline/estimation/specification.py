"""One specification of a curve, and the sample and panel it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from oib_pipeline.estimation.arguments import whole_number
from oib_pipeline.estimation.columns import check_columns, codes, numbers
from oib_pipeline.estimation.door import PanelReader
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
    """Panels of specifications; each sample is cut once, and each of its columns read once.

    Parameters
    ----------
    data : mapping
        Variants of the data by name.
    treated, post, unit, time : str
        As in :func:`specification_curve`.
    """

    def __init__(
        self, data: Mapping[str, pd.DataFrame], *, treated: str, post: str, unit: str, time: str
    ) -> None:
        self.data = data
        self.treated, self.post, self.unit, self.time = treated, post, unit, time
        self._readers: dict[tuple, PanelReader] = {}

    def panel(self, wanted: Specification, outcome: str) -> Panel:
        """Return the panel of a specification, its controls as regressors."""
        cut = (
            wanted.data, wanted.without_units, wanted.without_rows, wanted.first, wanted.last,
        )  # fmt: skip
        if cut not in self._readers:
            self._readers[cut] = PanelReader(self._cut(wanted), self.unit, self.time)
        extra = (self.treated, self.post)
        reader = self._readers[cut]
        return reader.panel(outcome, wanted.controls, extra, time_by=wanted.time_by)

    def _cut(self, wanted: Specification) -> pd.DataFrame:
        if wanted.data not in self.data:
            raise ValueError(f"no data {wanted.data!r}; there are {sorted(self.data)}")
        frame = self.data[wanted.data]
        marks = (*wanted.without_units, *wanted.without_rows)
        unit, time = self.unit, self.time
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
