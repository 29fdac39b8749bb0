"""The known effects are exactly what truth.yml says, in the simulated figures themselves."""

from __future__ import annotations

import numpy as np
import pytest
import yaml

from oib_pipeline.synthetic.cities import YEARS
from oib_pipeline.synthetic.economy import ais, employment_for, shares_for, theil
from oib_pipeline.synthetic.release import truth_yaml
from oib_pipeline.synthetic.world import START

EXACT = 1e-12  # bisection and division leave a few last digits
AFTER = YEARS >= START


def of_the_treated(world, scope, outcome):
    return world.effects[scope][outcome][world.cities["treated"].to_numpy()]


@pytest.mark.parametrize(("outcome", "mean"), [("ais", 0.067), ("theil", -0.042)])
def test_mean_effect_on_the_21_pilots_is_exact_at_districts_scope(world, outcome, mean):
    effect = of_the_treated(world, "districts", outcome)
    assert effect.shape == (21, 9)
    assert effect[:, AFTER].mean() == pytest.approx(mean, abs=EXACT)


@pytest.mark.parametrize("outcome", ["ais", "theil"])
@pytest.mark.parametrize("scope", ["districts", "whole_city"])
def test_effect_starts_in_2014_grows_each_year_and_spares_the_untreated(world, scope, outcome):
    effect = world.effects[scope][outcome]
    treated = world.cities["treated"].to_numpy()
    assert np.abs(effect[~treated]).max() == 0
    assert np.abs(effect[:, ~AFTER]).max() == 0
    assert (np.diff(np.abs(effect[treated].mean(axis=0))[AFTER]) > 0).all()


@pytest.mark.parametrize("outcome", ["ais", "theil"])
def test_regions_differ_by_half_of_the_mean_effect_or_more(world, outcome):
    regions = world.cities["region"][world.cities["treated"]].to_numpy()
    effect = of_the_treated(world, "districts", outcome)[:, AFTER].mean(axis=1)
    by_region = [effect[regions == region].mean() for region in np.unique(regions)]
    assert len(by_region) == 4
    assert np.ptp(by_region) > abs(effect.mean()) / 2


@pytest.mark.parametrize("outcome", ["ais", "theil"])
def test_whole_city_effect_is_weaker_because_counties_are_untouched(world, outcome):
    districts = of_the_treated(world, "districts", outcome)[:, AFTER].mean()
    whole = of_the_treated(world, "whole_city", outcome)[:, AFTER].mean()
    assert 0.4 < whole / districts < 0.95


def test_indices_of_the_simulated_sectors_are_plausible(world):
    member = world.cities["member"].to_numpy()
    for scope in ("districts", "whole_city"):
        assert world.indices[scope]["ais"][member].min() > 2.1
        assert world.indices[scope]["ais"][member].max() < 2.9
        assert world.indices[scope]["theil"].min() > 0.05
        assert world.indices[scope]["theil"][member].max() < 0.5


def test_shares_and_employment_give_the_wanted_indices_exactly():
    generator = np.random.default_rng(7)
    wanted_ais = generator.uniform(2.1, 2.8, 500)
    shares = shares_for(wanted_ais, generator.uniform(0.01, 0.09, 500))
    wanted_theil = generator.uniform(0.0, 0.5, 500)
    employed = employment_for(wanted_theil, shares, np.array([0.8, 0.1, 0.1]))
    np.testing.assert_allclose(ais(shares), wanted_ais, atol=EXACT)
    np.testing.assert_allclose(theil(shares, employed), wanted_theil, atol=EXACT)
    np.testing.assert_allclose(employed.sum(axis=-1), 1, atol=EXACT)


def test_impossible_indices_are_refused():
    with pytest.raises(ValueError, match="primary share"):
        shares_for(np.array([2.9]), np.array([0.2]))
    with pytest.raises(ValueError, match="between zero"):
        employment_for(np.array([-0.1]), np.array([[0.1, 0.4, 0.5]]), np.array([0.8, 0.1, 0.1]))


def test_committed_truth_is_the_simulated_one(world, raw):
    assert (raw / "truth.yml").read_bytes() == truth_yaml(world)
    truth = yaml.safe_load((raw / "truth.yml").read_text(encoding="utf-8"))
    assert truth["effects"]["districts"]["ais"]["mean"] == 0.067
    assert truth["effects"]["districts"]["theil"]["mean"] == -0.042
    assert truth["seed"] == world.seed
    assert len(truth["effects"]["whole_city"]["theil"]["by_city"]) == 21


def test_whole_city_figures_contain_the_districts_figures(world):
    for name, whole in world.printed["whole_city"].items():
        if name in world.printed["districts"] and not name.endswith(("_pct", "_cny")):
            assert (whole >= world.printed["districts"][name] - 1e-9).all(), name
