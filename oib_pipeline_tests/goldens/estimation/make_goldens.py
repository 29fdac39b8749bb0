"""Writes panel.csv, units.csv and expected.json: other programs' results on small data.

Run it as it is: ``python make_goldens.py`` writes beside itself.
pyfixest 0.60 fits the two-way models, statsmodels 0.15 the scores; matches are plain loops over
their definitions, and permutation and bootstrap refit every draw with pyfixest.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pyfixest
import statsmodels.api as sm

HERE = Path(__file__).parent


def make_panel() -> pd.DataFrame:
    """Ten cities, six years, four of the cities treated from 2013, three rows missing."""
    rng = np.random.default_rng(20140311)
    frame = pd.DataFrame(
        {"city": np.repeat([f"c{i}" for i in range(10)], 6), "year": np.tile(range(2010, 2016), 10)}
    )
    frame["treated"] = frame["city"].isin(["c1", "c4", "c5", "c8"]).astype(int)
    frame["post"] = (frame["year"] >= 2013).astype(int)
    frame["x"] = rng.normal(size=60).round(3)
    frame["y"] = (
        0.4 * frame["x"] + 0.5 * frame["treated"] * frame["post"] + rng.normal(size=60)
    ).round(3)
    frame["w"] = np.repeat(rng.uniform(0.5, 2, 10).round(2), 6)
    return frame.drop(index=[7, 30, 44]).reset_index(drop=True)


def make_units() -> pd.DataFrame:
    """Sixty units whose treatment leans on two covariates."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=(60, 2)).round(2)
    treated = (rng.random(60) < 1 / (1 + np.exp(1 - x[:, 0]))).astype(int)
    y = (x[:, 0] - x[:, 1] + 1.5 * treated + rng.normal(size=60)).round(3)
    return pd.DataFrame({"treated": treated, "x": x[:, 0], "z": x[:, 1], "y": y})


def twoway(frame: pd.DataFrame, formula: str, **options: object) -> dict[str, list[float]]:
    """Estimates and errors of pyfixest, its default small-sample correction."""
    fit = pyfixest.feols(f"{formula} | city + year", frame, vcov={"CRV1": "city"}, **options)
    return {
        "terms": list(fit.coef().index),
        "estimate": fit.coef().tolist(),
        "se": fit.se().tolist(),
    }


def all_assignments(frame: pd.DataFrame) -> list[list[float]]:
    """Estimate and t of every way to treat four of ten cities, in lexicographic order."""
    rows = []
    for chosen in itertools.combinations(sorted(frame["city"].unique()), 4):
        drawn = frame.assign(d=frame["city"].isin(chosen) * frame["post"])
        fit = pyfixest.feols("y ~ d + x | city + year", drawn, vcov={"CRV1": "city"})
        rows.append([float(fit.coef()["d"]), float(fit.tstat()["d"])])
    return rows


def wild(frame: pd.DataFrame) -> list[float]:
    """t of all 2^10 Rademacher patterns with the null imposed."""
    null = pyfixest.feols("y ~ x | city + year", frame)
    residual = np.asarray(null.resid())
    fitted = frame["y"].to_numpy() - residual
    code = pd.factorize(frame["city"], sort=True)[0]
    t = []
    for v in itertools.product((-1.0, 1.0), repeat=10):
        star = frame.assign(star=fitted + np.array(v)[code] * residual)
        fit = pyfixest.feols("star ~ did + x | city + year", star, vcov={"CRV1": "city"})
        t.append(float(fit.tstat()["did"]))
    return t


def matched(units: pd.DataFrame, score: np.ndarray) -> dict[str, float]:
    """Effects on the treated by nearest neighbour, radius and Gaussian kernel, by loops."""
    mark = units["treated"].to_numpy() == 1
    low, high = score[mark].min(), score[mark].max()
    pool = np.flatnonzero(~mark & (score >= low) & (score <= high))
    y = units["y"].to_numpy()
    gaps: dict[str, list[float]] = {"nearest": [], "radius": [], "kernel": []}
    for i in np.flatnonzero(mark):
        distance = np.abs(score[pool] - score[i])
        gaps["nearest"].append(y[i] - y[pool][distance <= distance.min() + 1e-10].mean())
        if (distance <= 0.05).any():
            gaps["radius"].append(y[i] - y[pool][distance <= 0.05].mean())
        weight = np.exp(-((distance / 0.06) ** 2) / 2)
        gaps["kernel"].append(y[i] - np.average(y[pool], weights=weight))
    return {name: float(np.mean(values)) for name, values in gaps.items()}


def main() -> None:
    """Write the data and what other programs make of them."""
    panel, units = make_panel(), make_units()
    panel.to_csv(HERE / "panel.csv", index=False)
    units.to_csv(HERE / "units.csv", index=False)
    frame = panel.assign(did=panel["treated"] * panel["post"])
    score = sm.Logit(units["treated"], sm.add_constant(units[["x", "z"]])).fit(disp=0, tol=1e-12)
    expected = {
        "twfe": twoway(frame, "y ~ did + x"),
        "weighted": twoway(frame, "y ~ did + x", weights="w"),
        "event_study": twoway(frame, "y ~ i(year, treated, ref=2012)"),
        "assignments": all_assignments(frame),
        "wild_p": float(
            np.mean(
                np.abs(wild(frame))
                >= abs(
                    twoway(frame, "y ~ did + x")["estimate"][0]
                    / twoway(frame, "y ~ did + x")["se"][0]
                )
                * (1 - 1e-9)
            )
        ),
        "score": np.asarray(score.predict()).tolist(),
        "matched": matched(units, np.asarray(score.predict())),
    }
    text = json.dumps(expected, indent=1)
    (HERE / "expected.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
