"""The sample's world and files, made once for this folder's tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from oib_pipeline.registry.registry import Registry, load_registry
from oib_pipeline.synthetic.economy import Array
from oib_pipeline.synthetic.page import printed_values
from oib_pipeline.synthetic.release import sample_files
from oib_pipeline.synthetic.world import World, simulate

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_registry(DATA / "registry")


@pytest.fixture(scope="session")
def world(registry: Registry) -> World:
    return simulate(registry)


@pytest.fixture(scope="session")
def printed(world: World) -> dict[str, dict[str, Array]]:
    return printed_values(world)


@pytest.fixture(scope="session")
def made(registry: Registry) -> dict[str, bytes]:
    return dict(sample_files(registry))


@pytest.fixture(scope="session")
def raw() -> Path:
    return DATA / "raw"
