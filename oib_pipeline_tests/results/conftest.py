"""The sample's study as the rooms before this one make it, and every result of it, made once."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from oib_pipeline.analysis.catalogue import RESULTS
from oib_pipeline.analysis.models import Result, StudyData, compute
from oib_pipeline.contract.tables import tables
from oib_pipeline.indices import compute_indices
from oib_pipeline.panel import build_study_panel
from oib_pipeline.registry.registry import Registry, load_registry
from oib_pipeline.study import Study, read_study
from oib_pipeline.synthetic.cities import YEARS
from oib_pipeline.synthetic.page import printed_values
from oib_pipeline.synthetic.world import simulate

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_registry(DATA / "registry")


def drawn(study: Study, draws: int) -> Study:
    return study.model_copy(update={"placebo": study.placebo.model_copy(update={"draws": draws})})


@pytest.fixture(scope="session")
def study() -> Study:
    """The sample's study, with fewer draws than it asks for."""
    return drawn(read_study(DATA / "studies" / "relocation_2014.yml"), 199)


@pytest.fixture(scope="session")
def indices(registry: Registry, study: Study) -> pd.DataFrame:
    """Indices of the figures that the sample prints for districts."""
    world = simulate(registry)
    printed = printed_values(world)[study.scope]
    cities = world.cities["city_code"].to_numpy()
    frame = pd.DataFrame({name: values.ravel() for name, values in printed.items()})
    frame.insert(0, "precedence", study.precedence)
    frame.insert(1, "scope", study.scope)
    frame.insert(2, "city_code", cities.repeat(len(YEARS)))
    frame.insert(3, "year", list(YEARS) * len(cities))
    return compute_indices(frame.reindex(columns=list(tables()["core_city_year"].columns)))


@pytest.fixture(scope="session")
def data(study: Study, indices: pd.DataFrame, registry: Registry) -> StudyData:
    panel = build_study_panel(study, indices, registry).frame
    return StudyData(panel, lambda: indices, registry)


@pytest.fixture(scope="session")
def made(study: Study, data: StudyData) -> dict[str, Result]:
    return {name: compute(name, study, data) for name in RESULTS}


@pytest.fixture(scope="session")
def quick(study: Study) -> Study:
    """The study with few draws, for what does not turn on their number."""
    return drawn(study, 19)
