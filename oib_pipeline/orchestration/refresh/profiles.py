"""City profiles made after a refresh, for whoever asks: those that are missing."""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from oib_pipeline.freshness import read_inputs
from oib_pipeline.orchestration.refresh.lock import only_one
from oib_pipeline.orchestration.refresh.refresh import Say
from oib_pipeline.settings import Settings


def make_missing_profiles(
    settings: Settings,
    studies: Sequence[str],
    *,
    say: Say,
    instance: dg.DagsterInstance | None = None,
    verbose: bool = False,
) -> None:
    """A profile for each city of the studies' samples that has none.

    A new report puts its folder in the place of the old one, profiles and all: what is there is
    of the same data as the report.
    """
    from oib_pipeline.orchestration.build import build_definitions
    from oib_pipeline.orchestration.partitions import covering_range, register
    from oib_pipeline.orchestration.refresh.home import project_instance
    from oib_pipeline.orchestration.refresh.runs import Runner
    from oib_pipeline.orchestration.refresh.tell import told
    from oib_pipeline.registry import load_registry

    with only_one(settings.lock):
        inputs = read_inputs(settings, studies)
        registry = load_registry(settings.registry)
        with told(say), project_instance(settings, instance) as own:
            definitions = build_definitions(inputs.studies.values())
            runner = Runner(definitions, own, settings, tuple(inputs.studies), "profiles", verbose)
            for name, study in inputs.studies.items():
                sample = registry.sample(study.sample)
                folder = settings.reports / name / "cities"
                missing = [code for code in sample if not (folder / f"{code}.html").is_file()]
                if not missing:
                    say(f"{name}: every city has its profile")
                    continue
                register(own, "city", missing)
                key = dg.AssetKey([name, "out_city_profiles"])
                runner.run([key], covering_range(own, "city", missing))
