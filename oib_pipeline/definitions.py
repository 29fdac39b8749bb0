"""The one object Dagster loads: every asset, job, schedule and sensor, listed here."""

from oib_pipeline.orchestration.build import build_definitions
from oib_pipeline.settings import Settings
from oib_pipeline.study import read_studies

defs = build_definitions(read_studies(Settings.from_environment().studies).values())
