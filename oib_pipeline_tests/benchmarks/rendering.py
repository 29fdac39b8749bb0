"""All outputs of a study against its figures drawn once, and the size of its page."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from types import ModuleType
from typing import Any

from oib_pipeline_tests.benchmarks.measure import pair_of, seconds
from oib_pipeline_tests.benchmarks.table import Row, less_memory, share

SECTIONS = ("introduction", "results", "appendix")
MAKERS = "_figure"


def rows(tiny: bool = False) -> list[Row]:
    """Each study of the warehouse that is up to date; a small made-up one where there is none."""
    from oib_pipeline.report import render

    found = []
    for name, inputs in _studies(tiny):
        pairs, size = [], 0.0
        for _ in range(1 if tiny else 3):
            with tempfile.TemporaryDirectory() as folder, drawing() as spent:
                whole = seconds(lambda to=Path(folder), what=inputs: render(what, to))
                size = (Path(folder) / "index.html").stat().st_size / 2**20
            pairs.append((whole, sum(spent)))
        pair = pair_of(pairs)
        subject = f"{name}: all outputs, and its figures drawn once"
        found.append(share(subject, pair.ours, pair.peer, 1 / pair.peer_over_ours, 1.5))
        found.append(less_memory(f"{name}: size of the page, and 5 MB", size, 5.0, 1))
    return found


@contextmanager
def drawing() -> Iterator[list[float]]:
    """Seconds of each figure drawn meanwhile, as SVG and PNG."""
    import importlib

    spent: list[float] = []
    kept: list[tuple[ModuleType, str, Callable[..., Any]]] = []
    for section in SECTIONS:
        module = importlib.import_module(f"oib_pipeline.report.sections.{section}")
        for name in [name for name in vars(module) if name.endswith(MAKERS)]:
            made = getattr(module, name)
            kept.append((module, name, made))
            setattr(module, name, _timed(made, spent))
    try:
        yield spent
    finally:
        for module, name, made in kept:
            setattr(module, name, made)


def _timed(made: Callable[..., Any], spent: list[float]) -> Callable[..., Any]:
    @wraps(made)
    def call(*given: Any, **named: Any) -> Any:
        result: list[Any] = []
        spent.append(seconds(lambda: result.append(made(*given, **named))))
        return result[0]

    return call


def _studies(tiny: bool) -> list[tuple[str, Any]]:
    from oib_pipeline.settings import Settings

    settings = Settings.from_environment(None)
    refreshed = [
        path.stem
        for path in sorted(settings.studies.glob("*.yml"))
        if (settings.reports / path.stem / "report.pdf").is_file()
    ]
    if refreshed and not tiny:
        return [(name, _read(name)) for name in refreshed]
    sys.path.insert(0, str(Path(__file__).parents[1] / "report"))
    import report_world

    return [("a made-up study", report_world.full())]


def _read(name: str) -> Any:
    from oib_pipeline.defs.resources import Project
    from oib_pipeline.defs.studies.report import report_inputs

    return report_inputs(Project(studies=[name]), name)
