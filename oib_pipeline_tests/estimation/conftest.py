"""Panels with known answers, and the reference data where they are at hand."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from estimation_panels import make_panel


@pytest.fixture
def panel() -> pd.DataFrame:
    return make_panel()


@pytest.fixture
def gappy() -> pd.DataFrame:
    """The same panel with 25 rows gone and its rows shuffled."""
    frame = make_panel()
    rng = np.random.default_rng(3)
    return frame.iloc[rng.permutation(len(frame))[25:]]


@pytest.fixture(scope="session")
def reference() -> Callable[[str], pd.DataFrame]:
    """Read one of the published data sets, or skip where they are not at hand."""
    root = Path(__file__).parents[2]
    folder = Path(os.environ.get("OIB_REFERENCE", root / ".." / "shared" / "reference"))

    def read(name: str) -> pd.DataFrame:
        if not (folder / name).is_file():
            pytest.skip(f"{name} is not at hand: set OIB_REFERENCE to the folder that holds it")
        return pd.read_csv(folder / name)

    return read
