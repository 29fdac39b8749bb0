"""The main job: what changed, found by content, and brought up to date."""

from oib_pipeline.orchestration.refresh.refresh import Done, refresh

__all__ = ["Done", "refresh"]
