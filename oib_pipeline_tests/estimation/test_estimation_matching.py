"""Scores, matches and balance: published figures, plain loops, and refusals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from oib_pipeline.estimation import match, propensity_scores
from oib_pipeline.estimation.matching.propensity import redrawn_scores, standardised

NSW = [
    "age", "age2", "education", "education2", "married", "black", "hispanic",
    "re74", "re75", "re74_2", "re75_2", "black_u74",
]  # fmt: skip


@pytest.fixture(scope="module")
def units() -> pd.DataFrame:
    rng = np.random.default_rng(12)
    x = rng.normal(size=(90, 2))
    treated = rng.random(90) < 1 / (1 + np.exp(1.0 - x[:, 0]))
    frame = pd.DataFrame({"x": x[:, 0], "z": x[:, 1], "treated": treated.astype(int)})
    frame["y"] = x[:, 0] + 2.0 * treated + rng.normal(size=90)
    frame.index = [f"c{row}" for row in range(90)]
    return frame.assign(score=propensity_scores(frame, treated="treated", covariates=["x", "z"]))


@pytest.fixture
def nsw(reference: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    frame = reference("nsw_psid.csv")
    for name in ("age", "education"):
        frame[f"{name}2"] = frame[name] ** 2
    for name in ("re74", "re75"):
        frame[f"{name}_2"] = frame[name] ** 2
    frame["black_u74"] = frame["black"] * (frame["re74"] == 0)
    return frame.assign(score=propensity_scores(frame, treated="treat", covariates=NSW))


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"method": "nearest"}, 1667.644),
        ({"method": "kernel", "kernel": "gaussian", "bandwidth": 0.06}, 1537.945),
        ({"method": "radius", "radius": 1e-4}, 2589.6),
        ({"method": "radius", "radius": 1e-4, "radius_weights": "pairs"}, -5546.14),
    ],
)
def test_published_effects_of_job_training(
    nsw: pd.DataFrame, options: dict, expected: float
) -> None:
    matched = match(nsw, treated="treat", score="score", **options)
    assert matched.att(nsw["re78"]) == pytest.approx(
        expected, abs=0.05 if expected > 2500 else 0.005
    )
    if options["method"] == "radius":
        assert (matched.n_treated, matched.n_controls) == (23, 66)


def test_scores_are_the_unpenalised_maximum(units: pd.DataFrame) -> None:
    x = np.column_stack([np.ones(90), units[["x", "z"]]])
    gradient = x.T @ (units["treated"] - units["score"])
    assert np.abs(gradient).max() < 1e-8


def test_scores_do_not_depend_on_the_units_of_covariates(units: pd.DataFrame) -> None:
    scaled = units.assign(x=1e6 + 1e4 * units["x"])
    other = propensity_scores(scaled, treated="treated", covariates=["x", "z"])
    np.testing.assert_allclose(other, units["score"], atol=1e-8)


def test_probit_scores_are_those_of_statsmodels(units: pd.DataFrame) -> None:
    import statsmodels.api as sm

    x = sm.add_constant(units[["x", "z"]])
    expected = sm.GLM(
        units["treated"], x, family=sm.families.Binomial(sm.families.links.Probit())
    ).fit(tol=1e-12)
    got = propensity_scores(units, treated="treated", covariates=["x", "z"], link="probit")
    np.testing.assert_allclose(got, expected.fittedvalues, atol=1e-7)


def test_scores_of_many_redraws_equal_scores_one_at_a_time(units: pd.DataFrame) -> None:
    rng = np.random.default_rng(0)
    marks = np.array([rng.permutation(units["treated"]) == 1 for _ in range(25)])
    many = redrawn_scores(standardised(units, ["x", "z"]), marks)
    for mark, scores in zip(marks, many, strict=True):
        one = propensity_scores(units.assign(t=mark), treated="t", covariates=["x", "z"])
        np.testing.assert_allclose(scores, one, atol=1e-10)


def test_a_separated_redraw_has_no_scores() -> None:
    design = np.column_stack([np.ones(30), np.linspace(-2, 2, 30)])
    marks = np.array([np.arange(30) >= 20, np.arange(30) % 3 == 0])
    scores = redrawn_scores(design, marks)
    assert np.isnan(scores[0]).all()
    assert np.isfinite(scores[1]).all()


def plain_att(units: pd.DataFrame, share: Callable[[np.ndarray], np.ndarray]) -> float:
    """Mean over treated units of own outcome less matched mean, by a loop."""
    treated, others = units[units["treated"] == 1], units[units["treated"] == 0]
    low, high = treated["score"].min(), treated["score"].max()
    others = others[others["score"].between(low, high)]
    gaps = []
    for _, unit in treated.iterrows():
        weight = share(np.abs(others["score"].to_numpy() - unit["score"]))
        if weight.sum() > 0:
            gaps.append(unit["y"] - np.average(others["y"], weights=weight))
    return float(np.mean(gaps))


@pytest.mark.parametrize("neighbours", [1, 3])
@pytest.mark.parametrize("caliper", [None, 0.01])
def test_nearest_is_its_definition(
    units: pd.DataFrame, neighbours: int, caliper: float | None
) -> None:
    def share(distance: np.ndarray) -> np.ndarray:
        chosen = distance <= np.sort(distance)[neighbours - 1]
        return (chosen & (distance <= (caliper or 1))).astype(float)

    matched = match(
        units, treated="treated", score="score", method="nearest",
        neighbours=neighbours, caliper=caliper,
    )  # fmt: skip
    assert matched.att(units["y"]) == pytest.approx(plain_att(units, share), abs=1e-10)
    assert (matched.n_unmatched > 0) == (caliper is not None)


@pytest.mark.parametrize(
    ("kernel", "formula"),
    [
        ("epanechnikov", lambda u: np.where(u < 1, 0.75 * (1 - u**2), 0)),
        ("gaussian", lambda u: np.exp(-(u**2) / 2)),
        ("biweight", lambda u: np.where(u < 1, (1 - u**2) ** 2, 0)),
        ("tricube", lambda u: np.where(u < 1, (1 - u**3) ** 3, 0)),
        ("uniform", lambda u: (u < 1).astype(float)),
    ],
)
def test_kernels_are_their_definitions(
    units: pd.DataFrame, kernel: str, formula: Callable[[np.ndarray], np.ndarray]
) -> None:
    matched = match(
        units, treated="treated", score="score", method="kernel", kernel=kernel, bandwidth=0.05
    )
    expected = plain_att(units, lambda distance: formula(distance / 0.05))
    assert matched.att("y") == pytest.approx(expected, abs=1e-10)


def test_ties_share_weight() -> None:
    frame = pd.DataFrame(
        {"treated": [1, 0, 0, 0], "score": [0.5, 0.4, 0.6, 0.6], "y": [1.0, 3.0, 6.0, 9.0]}
    )
    matched = match(frame, treated="treated", score="score", method="nearest", common_support=False)
    np.testing.assert_allclose(matched.weights, [1, 1 / 3, 1 / 3, 1 / 3])
    assert matched.att(frame["y"]) == pytest.approx(1 - 6)


def test_without_replacement_no_control_serves_twice() -> None:
    frame = pd.DataFrame(
        {"treated": [1, 1, 0, 0, 0], "score": [0.9, 0.8, 0.85, 0.5, 0.1], "y": np.arange(5.0)}
    )
    options = {"treated": "treated", "score": "score", "method": "nearest"}
    matched = match(frame, **options, replace=False, common_support=False)
    np.testing.assert_allclose(matched.weights, [1, 1, 1, 1, 0])
    short = match(frame, **options, replace=False, common_support=False, caliper=0.1)
    np.testing.assert_allclose(short.weights, [1, 0, 1, 0, 0])


def test_common_support_rules() -> None:
    frame = pd.DataFrame({"treated": [1, 1, 0, 0, 0], "score": [0.9, 0.4, 0.95, 0.5, 0.1]})
    options = {"treated": "treated", "score": "score", "method": "nearest"}
    assert list(match(frame, **options).on_support) == [True, True, False, True, False]
    frame["score"] = [0.9, 0.4, 0.6, 0.5, 0.1]
    both = match(frame, **options, common_support="both")
    assert list(both.on_support) == [False, True, True, True, False]


def test_balance_is_its_definition(units: pd.DataFrame) -> None:
    matched = match(units, treated="treated", score="score", method="kernel")
    table = matched.balance(["x", "z"]).set_index("covariate")
    treated, others = units[units["treated"] == 1], units[units["treated"] == 0]
    scale = np.sqrt((treated["x"].var() + others["x"].var()) / 2)
    before = (treated["x"].mean() - others["x"].mean()) / scale
    weight = matched.weights
    after = (
        np.average(treated["x"], weights=weight[treated.index])
        - np.average(others["x"], weights=weight[others.index])
    ) / scale
    assert table.loc["x", "std_diff_before"] == pytest.approx(before)
    assert table.loc["x", "std_diff_after"] == pytest.approx(after)
    assert abs(after) < abs(before)
    assert table.loc["x", "variance_ratio_before"] == pytest.approx(
        treated["x"].var() / others["x"].var()
    )
    pd.testing.assert_frame_equal(matched.balance(units[["x", "z"]]), matched.balance(["x", "z"]))


def test_scores_refuse_what_has_no_maximum(units: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match=r"'x'.* predict 'treated' perfectly"):
        propensity_scores(
            units.assign(x=units["treated"] + 0.1 * units["z"]), treated="treated",
            covariates=["x"],
        )  # fmt: skip
    only = units.assign(port=((units["treated"] == 1) & (units["x"] > 0)).astype(int))
    with pytest.raises(ValueError, match=r"column\(s\) 'port': predict"):
        propensity_scores(only, treated="treated", covariates=["z", "port"])
    with pytest.raises(ValueError, match=r"'k' \(covariate\) is constant"):
        propensity_scores(units.assign(k=3), treated="treated", covariates=["x", "k"])
    with pytest.raises(ValueError, match=r"'twin' \(covariate\) is collinear"):
        propensity_scores(
            units.assign(twin=units["x"] * 2 + 1), treated="treated", covariates=["x", "twin"]
        )
    with pytest.raises(ValueError, match=r"'x' \(covariate\) has a missing value in row 'c0'"):
        propensity_scores(
            units.assign(x=units["x"].where(units.index != "c0")), treated="treated",
            covariates=["x"],
        )  # fmt: skip
    with pytest.raises(ValueError, match="no treated unit"):
        propensity_scores(units.assign(treated=0), treated="treated", covariates=["x"])
    with pytest.raises(ValueError, match="link must be"):
        propensity_scores(units, treated="treated", covariates=["x"], link="cauchit")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"method": "mahalanobis"}, "method must be 'nearest', 'radius' or 'kernel'"),
        ({"method": "kernel", "kernel": "box"}, "kernel must be one of epanechnikov"),
        ({"method": "kernel", "bandwidth": 0}, "bandwidth must be positive"),
        ({"method": "radius"}, "needs a radius"),
        ({"method": "radius", "radius": 1e-12}, "no treated unit has .* within the radius"),
        ({"method": "nearest", "caliper": 1e-12}, "within the caliper"),
        ({"method": "nearest", "neighbours": 80}, "80 untreated unit.s. are needed"),
        ({"method": "nearest", "neighbours": 3, "replace": False}, "replace=False: .* are needed"),
        ({"method": "nearest", "neighbours": 0}, "neighbours must be a positive whole number"),
        ({"method": "radius", "radius": 0.1, "radius_weights": "x"}, "radius_weights must be"),
        ({"method": "nearest", "common_support": "some"}, "common_support must be"),
    ],
)
def test_matches_refuse_what_cannot_be_done(
    units: pd.DataFrame, options: dict, reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        match(units, treated="treated", score="score", **options)


def test_no_common_support_is_refused_with_both_ranges() -> None:
    frame = pd.DataFrame({"treated": [1, 1, 0, 0], "score": [0.9, 0.8, 0.2, 0.1]})
    with pytest.raises(ValueError, match=r"no common support: .* 0.8 to 0.9, .* 0.1 to 0.2"):
        match(frame, treated="treated", score="score", method="kernel")


def test_an_outcome_missing_for_a_matched_unit_is_refused(units: pd.DataFrame) -> None:
    matched = match(units, treated="treated", score=units["score"], method="kernel")
    with pytest.raises(ValueError, match="outcome 'y' has a missing value"):
        matched.att(units["y"].where(units["treated"] == 0))
    with pytest.raises(ValueError, match="score must have the index"):
        match(units, treated="treated", score=units["score"].iloc[::-1], method="kernel")
