from __future__ import annotations

import pytest
from extract_builders import REAL, ROOT

from oib_pipeline.registry.registry import Registry, load_registry


@pytest.fixture(scope="session")
def registry() -> Registry:
    return load_registry(ROOT / "data" / "registry")


@pytest.fixture(scope="session")
def real():
    if not REAL.is_dir():
        pytest.skip(f"no genuine releases at {REAL}: set OIB_REAL to their folder")
    return REAL
