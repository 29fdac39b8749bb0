"""Results to tables, figures and documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oib_pipeline.report.inputs import ReportInputs
    from oib_pipeline.report.rendering import ReportFiles, render

__all__ = ["ReportFiles", "ReportInputs", "render"]


def __getattr__(name: str) -> Any:
    """The public face, loaded when it is first used."""
    if name == "ReportInputs":
        from oib_pipeline.report.inputs import ReportInputs

        return ReportInputs
    if name in ("ReportFiles", "render"):
        from oib_pipeline.report import rendering

        return getattr(rendering, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
