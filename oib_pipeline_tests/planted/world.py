"""The clean releases read, and the pages in which faults are planted."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from oib_pipeline.extract import extract_release, find_releases, read_release
from oib_pipeline.panel import read_corrections
from oib_pipeline.registry.registry import load_registry
from oib_pipeline.study import read_study
from oib_pipeline_tests.planted.judging import World, plain
from oib_pipeline_tests.planted.page import Page, pages

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"
BESIDE = 60  # cities that are judged beside those a fault touches: blocks need neighbours


def load(
    raw: Path, study_name: str, releases: list[str] | None = None, beside: int = BESIDE
) -> tuple[World, list[Page]]:
    registry = load_registry(DATA / "registry")
    study = read_study(DATA / "studies" / f"{study_name}.yml")
    read, found = [], []
    for one in find_releases(raw, DATA / "manifests"):
        release = read_release(one.folder, one.manifest)
        read.append(extract_release(release, registry))
        if releases is None or release.release in releases:
            found += pages(release, plain(read[-1].observations))
    both = {
        name: pd.concat([getattr(part, name) for part in read], ignore_index=True)
        for name in ("observations", "releases", "findings")
    }
    sample = registry.sample(study.sample)
    return World(
        registry=registry,
        study=study,
        observations=plain(both["observations"]),
        releases=both["releases"],
        raw_findings=both["findings"],
        corrections=read_corrections(DATA / "corrections.yml", registry),
        cities=frozenset(sorted(sample)[:: max(1, len(sample) // beside)][:beside]),
    ), found
