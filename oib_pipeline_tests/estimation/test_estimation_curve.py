"""The specification curve against fits and placebos made one at a time."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from estimation_panels import make_panel

from oib_pipeline.estimation import Samples, Specification, placebo, specification_curve, twfe
from oib_pipeline.estimation.data.panel import panel_from_frame
from oib_pipeline.estimation.data.treatment import Assignments
from oib_pipeline.estimation.inference.permutation_engine import (
    FullColumns,
    UnitSums,
    _controls_out,
    treated_sets,
)
from oib_pipeline.estimation.regression.demean import Within, time_basis, without_unit_means

COLUMNS = {"outcome": "y", "treated": "treated", "post": "post", "unit": "city", "time": "year"}
FIT = {"outcome": "y", "treatment": "did", "unit": "city", "time": "year"}


@pytest.fixture
def variants() -> dict[str, pd.DataFrame]:
    frame = make_panel()
    frame["capital"] = (frame["city"].astype(int) % 8 == 0).astype(int)
    frame["demonstration"] = (
        (frame["city"].astype(int) % 5 == 0) & (frame["year"] >= 2017)
    ).astype(int)
    gaps = frame.copy()
    gaps.loc[[3, 50, 51, 200], "x1"] = np.nan
    return {"main": frame, "gaps": gaps}


def test_every_point_is_the_model_it_says(variants: dict[str, pd.DataFrame]) -> None:
    specs = [
        Specification("plain"),
        Specification("controls", controls=("x1", "x2")),
        Specification("gaps", data="gaps", controls=("x1",)),
        Specification("no capitals", without_units=("capital",)),
        Specification("no demonstration rows", without_rows=("demonstration",)),
        Specification("no demonstration cities", without_units=("demonstration",)),
        Specification("short", first=2012, last=2016),
        Specification("region by year", time_by="region", controls=("x1",)),
    ]
    table = specification_curve(variants, specs, **COLUMNS, draws=20).to_frame()
    main, gaps = variants["main"], variants["gaps"]
    ever = main.groupby("city")["demonstration"].transform("max")
    expected = [
        twfe(main, **FIT),
        twfe(main, **FIT, controls=["x1", "x2"]),
        twfe(gaps, **FIT, controls=["x1"]),
        twfe(main[main["capital"] == 0], **FIT),
        twfe(main[main["demonstration"] == 0], **FIT),
        twfe(main[ever == 0], **FIT),
        twfe(main[main["year"].between(2012, 2016)], **FIT),
    ]
    np.testing.assert_allclose(
        table["estimate"][:-1], [one.estimate for one in expected], atol=1e-10
    )
    np.testing.assert_allclose(table["se"][:-1], [one.se for one in expected], atol=1e-10)
    import pyfixest

    by_region = pyfixest.feols("y ~ did + x1 | city + region^year", main, vcov={"CRV1": "city"})
    assert table["estimate"].iloc[-1] == pytest.approx(by_region.coef()["did"], abs=1e-8)
    assert table["se"].iloc[-1] == pytest.approx(by_region.se()["did"], rel=1e-6)


def test_permutation_of_each_point_equals_refits(variants: dict[str, pd.DataFrame]) -> None:
    specs = [
        Specification("all", controls=("x1",)),
        Specification("some", data="gaps", controls=("x1",), without_units=("capital",)),
        Specification("by region", time_by="region", controls=("x1",)),
        Specification("by region, gaps", data="gaps", time_by="region", controls=("x1",)),
    ]
    curve = specification_curve(variants, specs, **COLUMNS, draws=15, seed=8)
    mark = variants["main"].groupby("city")["treated"].first().to_numpy() == 1
    sets = np.vstack(list(Assignments(mark, 15, 8).chunks()))
    cities = np.sort(variants["main"]["city"].unique())
    for draw, drawn in enumerate(sets):
        for row, one in enumerate(specs):
            frame = variants[one.data]
            again = frame.assign(
                treated=drawn[np.searchsorted(cities, frame["city"])].astype(float)
            )
            point = specification_curve({one.data: again}, [one], **COLUMNS, draws=1).estimates[0]
            assert curve.coefficients[row, draw] == pytest.approx(point.estimate, abs=1e-10)
            assert curve.t_statistics[row, draw] == pytest.approx(point.t, abs=1e-10)


def test_groups_with_times_of_their_own_are_blocks_whose_means_are_enough(
    variants: dict[str, pd.DataFrame],
) -> None:
    frame = variants["main"]
    columns = {"outcome": "y", "unit": "city", "time": "year", "regressors": ["x1", "x2"]}
    read = panel_from_frame(frame, **columns, extra=("treated", "post"), time_by="region")
    assert not read.balanced
    assert read.blocks is not None
    names = frame.drop_duplicates("city").sort_values("city")["region"].to_numpy()
    assert len(set(zip(read.blocks, names, strict=True))) == len(set(names))
    within = Within(read)
    assert within.engine == "means"
    solved = Within(read, "solve")(read.arrays)
    np.testing.assert_allclose(within(read.arrays), solved, atol=1e-12)
    date = read.column("post")
    sets, (residual, basis, factor) = treated_sets(read, date), _controls_out(read)
    assert isinstance(sets, UnitSums)
    drawn = np.vstack(list(Assignments(np.arange(read.n_units) < 9, 40, 2).chunks()))
    slow = FullColumns(read, residual, basis, date, factor)
    np.testing.assert_allclose(sets(drawn), slow(drawn), rtol=1e-10)


def test_units_that_share_only_some_times_are_no_blocks(variants: dict[str, pd.DataFrame]) -> None:
    frame = variants["main"]
    columns = {"outcome": "y", "unit": "city", "time": "year"}
    assert panel_from_frame(frame.drop(index=[4]), **columns, time_by="region").blocks is None
    early = frame["region"] == "East"
    cut = frame[~early | (frame["year"] < 2015)]
    assert panel_from_frame(cut, **columns).blocks is None
    assert panel_from_frame(cut, **columns, time_by="region").blocks is not None


def test_times_of_groups_have_bases_of_their_own(variants: dict[str, pd.DataFrame]) -> None:
    frame = variants["main"].drop(index=[4, 30, 77])
    read = panel_from_frame(frame, outcome="y", unit="city", time="year", time_by="region")
    basis = time_basis(read)
    np.testing.assert_allclose(basis @ basis.T, np.eye(len(basis)), atol=1e-12)
    regions = read.times.str.split().str[0].to_numpy()[read.time]
    assert all(len(set(regions[column != 0])) == 1 for column in basis)
    dummies = without_unit_means(read, np.eye(read.n_times)[:, read.time])
    np.testing.assert_allclose(dummies @ basis.T @ basis, dummies, atol=1e-12)


def test_samples_serve_outcomes_as_data_would(variants: dict[str, pd.DataFrame]) -> None:
    columns = {name: column for name, column in COLUMNS.items() if name != "outcome"}
    specs = [
        Specification("gaps", data="gaps", controls=("x1",), without_units=("capital",)),
        Specification("by region", time_by="region", first=2012),
        Specification("short", controls=("x2",), first=2012),
    ]
    samples = Samples(variants, **columns)
    for outcome in ("y", "x3"):
        shared = specification_curve(samples, specs, outcome=outcome, **columns, draws=10)
        alone = specification_curve(variants, specs, outcome=outcome, **columns, draws=10)
        pd.testing.assert_frame_equal(shared.to_frame(), alone.to_frame(), check_exact=True)
        rows = [one.to_frame().iloc[:1] for one in alone.estimates]
        table = pd.concat(rows, ignore_index=True)
        pd.testing.assert_frame_equal(alone.to_frame()[table.columns], table, check_exact=True)


def test_a_point_on_the_full_sample_is_the_placebo(variants: dict[str, pd.DataFrame]) -> None:
    curve = specification_curve(
        variants, [Specification("all")], **COLUMNS, draws=300, seed=4, strata="region"
    )
    alone = placebo(variants["main"], **COLUMNS, draws=300, seed=4, strata="region")
    row = curve.to_frame().iloc[0]
    assert (row["p_t"], row["p_coefficient"]) == (alone.p_t, alone.p_coefficient)


def test_the_curves_own_test_counts_whole_curves(variants: dict[str, pd.DataFrame]) -> None:
    specs = [
        Specification(f"{size} {last}", controls=("x1", "x2", "x3")[:size], last=last)
        for size, last in itertools.product(range(4), (2016, 2018))
    ]
    curve = specification_curve(variants, specs, **COLUMNS, draws=200)
    test = curve.test().set_index("statistic")
    table = curve.to_frame()
    median = np.median(table["estimate"])
    assert test.loc["median estimate", "observed"] == pytest.approx(median)
    drawn = np.abs(np.median(curve.coefficients, axis=0)) >= abs(median)
    assert test.loc["median estimate", "p"] == (1 + drawn.sum()) / 201
    assert test.loc["significant with the median's sign", "observed"] == (table["p"] < 0.05).sum()
    stouffer = table["t"].sum() / np.sqrt(len(specs))
    assert test.loc["Stouffer's Z", "observed"] == pytest.approx(stouffer)


def test_a_strong_effect_carries_the_curve_and_none_does_not() -> None:
    specs = [Specification(str(size), controls=("x2", "x3", "x4")[:size]) for size in range(4)]
    strong = make_panel(n_units=80, n_treated=20, effect=2.0)
    assert (specification_curve(strong, specs, **COLUMNS).test()["p"] < 0.05).all()
    none = make_panel(n_units=80, n_treated=20, effect=0.0, seed=1)
    assert (specification_curve(none, specs, **COLUMNS).test()["p"] > 0.05).all()


def test_two_hundred_specifications_are_one_table_with_their_choices() -> None:
    frame = make_panel(n_units=60)
    subsets = itertools.chain.from_iterable(
        itertools.combinations(("x1", "x2", "x3", "x4", "x5"), size) for size in range(6)
    )
    specs = [
        Specification(
            f"{'+'.join(controls) or 'none'} {first}-{last}", controls=controls, first=first,
            last=last, choices={"controls": str(len(controls)), "window": f"{first}-{last}"},
        )
        for controls in subsets
        for first, last in ((2010, 2018), (2011, 2018), (2012, 2018), (2010, 2016), (2010, 2017),
                            (2011, 2016), (2011, 2017))
    ]  # fmt: skip
    table = specification_curve(frame, specs, **COLUMNS, draws=100).to_frame()
    assert len(table) == 224
    assert sorted(table["rank"]) == list(range(1, 225))
    assert table["estimate"].rank(method="first").equals(table["rank"].astype(float))
    assert set(table["choice_window"]) >= {"2010-2018", "2011-2017"}
    assert table["p_t"].between(0, 1).all()


def test_bad_curves_are_refused(variants: dict[str, pd.DataFrame]) -> None:
    def refused(match: str, *specs: Specification, data: object = variants) -> None:
        with pytest.raises(ValueError, match=match):
            specification_curve(data, specs, **COLUMNS)  # type: ignore[arg-type]

    refused("each with a name of its own")
    refused("each with a name of its own", Specification("a"), Specification("a"))
    refused(r"no data 'raw'; there are \['gaps', 'main'\]", Specification("a", data="raw"))
    refused("specification 'a': no column 'gdp'", Specification("a", controls=("gdp",)))
    refused("specification 'a': .* no year before the policy", Specification("a", first=2014))
    other = variants["gaps"].assign(treated=1 - variants["gaps"]["treated"])
    refused(
        "treated in one variant of the data and not in 'gaps'", Specification("a"),
        data={**variants, "gaps": other},
    )  # fmt: skip
