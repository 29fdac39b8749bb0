"""The simulation study: true to the public functions, repeatable, and telling what is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from oib_pipeline.estimation import placebo, twfe, wild_cluster_bootstrap
from oib_pipeline.estimation.simulation import (
    DESIGNS,
    METHODS,
    Design,
    _judge,
    main,
    outcome_panel,
    simulate_panel,
    simulation_study,
)

MODEL = {"outcome": "y", "unit": "unit", "time": "year"}


@pytest.mark.parametrize("null", [0.0, 0.9])
def test_the_study_judges_as_the_public_functions_do(null: float) -> None:
    design = DESIGNS[4]
    frame = simulate_panel(design, 5)
    panel = outcome_panel(design, frame["y"].to_numpy().reshape(design.n_units, -1))
    estimate, errors, p_none, p_true = _judge(panel, design, 99, 8)
    p = dict(zip(METHODS, p_true if null else p_none, strict=True))
    less = frame.assign(y=frame["y"] - null * frame["did"])
    fit = twfe(less, treatment="did", **MODEL)
    assert estimate - null == pytest.approx(fit.estimate, abs=1e-10)
    assert errors[1] == pytest.approx(fit.se, abs=1e-10)
    assert p["t, the convention"] == pytest.approx(fit.p, abs=1e-10)
    drawn = placebo(less, treated="treated", post="post", draws=99, seed=8, **MODEL)
    assert p["permutation, t"] == pytest.approx(drawn.p_t)
    assert p["permutation, coefficient"] == pytest.approx(drawn.p_coefficient)
    wild = wild_cluster_bootstrap(less, treatment="did", draws=99, seed=8, **MODEL)
    assert p["wild bootstrap, Rademacher"] == pytest.approx(wild.p)


def test_a_seed_gives_the_same_table_whatever_other_designs_there_are() -> None:
    first = simulation_study(DESIGNS[:2], replications=5, draws=19)
    again = simulation_study(DESIGNS[:1], replications=5, draws=19)
    pd.testing.assert_frame_equal(first.head(len(METHODS)), again)
    other = simulation_study(DESIGNS[:1], replications=5, draws=19, seed=1)
    assert (other["bias"] != again["bias"]).all()


def test_the_permuted_coefficient_over_rejects_where_treated_are_noisier() -> None:
    table = simulation_study(DESIGNS[1:2], replications=150, draws=99).set_index("method")
    assert table.loc["permutation, coefficient", "size"] > 0.10
    assert table.loc["permutation, t", "size"] < 0.10
    assert table["power"].isna().all()
    assert abs(table["bias"].iloc[0]) < 3 * table["sd"].iloc[0] / np.sqrt(150)


def test_effects_grow_to_the_mean_they_state() -> None:
    design = Design("grows", effect=0.9, grows=True)
    assert design.path[-5:].mean() == pytest.approx(0.9)
    assert (np.diff(design.path[-5:]) > 0).all() and (design.path[:4] == 0).all()


def test_errors_are_serially_correlated_as_stated() -> None:
    frame = simulate_panel(Design("many", n_units=4000, n_treated=1), 0)
    y = frame["y"].to_numpy().reshape(4000, 9)
    y = y - y.mean(axis=0)
    e = y[:, 1:] - 0.6 * y[:, :-1]  # alpha (1 - rho) + innovation
    assert e.var() == pytest.approx(1 + 0.4**2, rel=0.05)


@pytest.mark.parametrize("suffix", ["md", "csv"])
def test_the_command_writes_the_same_bytes_twice(tmp_path: Path, suffix: str) -> None:
    files = [tmp_path / "docs" / f"{name}.{suffix}" for name in ("one", "two")]
    for file in files:
        main(["--out", str(file), "--replications", "3", "--draws", "19"])
    assert files[0].read_bytes() == files[1].read_bytes()
    lines = files[0].read_text(encoding="utf-8").splitlines()
    assert sum("permutation, t" in line for line in lines) == len(DESIGNS)
