"""The headline estimates as a small table, and where the reports are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from oib_pipeline.report.numbers import p_value
from oib_pipeline.settings import Settings
from oib_pipeline.warehouse import Warehouse

_SQL = """
SELECT outcome, model, count(*) OVER (PARTITION BY outcome, model) > 1 AS controls,
       estimate, se, p, n_obs, n_clusters, term
FROM est.est_baseline WHERE study = '{study}'
QUALIFY term = 'did' ORDER BY try_cast(model AS INTEGER), model
"""
HEAD = ("", "outcome", "controls", "did", "s.e.", "p", "city-years", "cities")


def headline(settings: Settings, studies: Iterable[str]) -> str:
    """One small table a study: the effect in each model of the baseline."""
    warehouse = Warehouse(settings.warehouse)
    parts = []
    for study in studies:
        rows = warehouse.rows(_SQL.format(study=study), needs="est_baseline")
        lines = [f"\n{study}{_banner(settings, study)}"]
        if rows:
            lines += _aligned([HEAD, *(_row(row) for row in rows)])
        lines.append(f"report: {settings.reports / study / 'index.html'}")
        parts.append("\n".join(lines))
    return "\n".join(parts)


def _row(row: tuple) -> tuple[str, ...]:
    outcome, model, controls, estimate, se, p, n_obs, n_clusters, _ = row
    return (
        f"({model})",
        outcome,
        "yes" if controls else "no",
        f"{estimate:.4f}",
        f"({se:.4f})",
        p_value(p),
        f"{n_obs:,}",
        f"{n_clusters}",
    )


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    left = {0, 1, 2}
    return [
        "  "
        + "  ".join(
            cell.ljust(width) if i in left else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _banner(settings: Settings, study: str) -> str:
    from oib_pipeline.study import read_study

    synthetic = read_study(settings.studies / f"{study}.yml").synthetic
    return "  SYNTHETIC DATA, made up for demonstration" if synthetic else ""
