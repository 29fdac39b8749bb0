"""A new index and a new control are one decorated function each, and then they are everywhere."""

from __future__ import annotations

import html
import os
import shutil
import subprocess
import sys
from pathlib import Path

import dagster as dg
import numpy as np
import pytest
from small_project import REPOSITORY, Project

NEW = '''

@indicator(
    Formula("tertiary / secondary value added", ("tertiary_va_mcny", "secondary_va_mcny")),
    label="Servitization",
    label_zh="产业服务化",
    short="TS",
    unit="ratio",
    bounds=(0, 100),
    reading="TS rises as services outgrow industry.",
)
def servitization(rows: pd.DataFrame) -> pd.Series:
    """Value added of services over that of industry."""
    return _ratio(rows["tertiary_va_mcny"], rows["secondary_va_mcny"])


@reason("servitization")
def servitization_reason(rows: pd.DataFrame) -> pd.Series:
    """Which of the two figures is missing."""
    import pandas as pd

    texts = pd.Series("value added is missing or not positive", rows.index, dtype="object")
    return texts.where(servitization(rows).isna(), None)


@indicator(
    Formula("urban construction land / land area", ("construction_land_km2", "area_km2")),
    label="Urbanization of land",
    label_zh="土地城镇化",
    short="Built-up share",
    unit="share 0 to 1",
    bounds=(0, 1),
)
def land_urbanization(rows: pd.DataFrame) -> pd.Series:
    """Urban construction land over land area (0-1)."""
    return _ratio(rows["construction_land_km2"], rows["area_km2"])
'''
INPUTS = {
    "servitization": {"tertiary_va_mcny", "secondary_va_mcny"},
    "servitization_reason": {"tertiary_va_mcny", "secondary_va_mcny"},
    "land_urbanization": {"construction_land_km2", "area_km2"},
}
SKIPPED = shutil.ignore_patterns("__pycache__")


@pytest.fixture
def added(project: Project, tmp_path: Path) -> Path:
    """A folder with a copy of the package that has two more functions; a study names them."""
    shutil.copytree(REPOSITORY / "oib_pipeline", tmp_path / "code" / "oib_pipeline", ignore=SKIPPED)
    module = tmp_path / "code" / "oib_pipeline" / "indices" / "indicators.py"
    module.write_text(module.read_text(encoding="utf-8") + NEW, encoding="utf-8")
    project.change_study(
        outcomes=["ais", "servitization"], controls=["ln_gdp_per_capita", "land_urbanization"]
    )
    return tmp_path / "code"


def run(code: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=code,
        env=os.environ | {"PYTHONPATH": str(code)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_a_new_index_and_control_are_in_panel_lineage_checks_trace_and_report(
    added: Path, project: Project, instance: dg.DagsterInstance
) -> None:
    before = project.warehouse.read("core_city_year")
    output = run(added, "oib_pipeline.cli", "refresh", "--study", "small")
    assert "raw_observations" not in output  # what is printed on pages is not read again

    panel = project.warehouse.read("core_study_panel", {"study": "small"})
    right = before[before["scope"] == "districts"]
    both = panel.merge(right, on=["city_code", "year"], validate="one_to_one")
    assert len(both) == len(panel) == 120 * 4
    np.testing.assert_array_equal(
        both["servitization"], both["tertiary_va_mcny"] / both["secondary_va_mcny"]
    )
    np.testing.assert_array_equal(
        both["land_urbanization"], both["construction_land_km2"] / both["area_km2"]
    )

    event = instance.get_latest_materialization_event(dg.AssetKey("core_indices"))
    assert event and event.asset_materialization
    shown = event.asset_materialization.metadata["dagster/column_lineage"].value.deps_by_column
    for name, inputs in INPUTS.items():
        assert {dep.column_name for dep in shown[name]} == inputs

    checks = project.settings.quality / "checks" / "core_indices" / "index.html"
    text = html.unescape(checks.read_text(encoding="utf-8"))
    assert "servitization is at least 0 and at most 100" in text
    assert "land_urbanization is at least 0 and at most 1" in text
    assert "servitization, or the reason why it is missing, not both" in text

    place = ("--study", "small", "--city", "320300", "--year", "2015")
    text = run(added, "oib_pipeline.cli", "trace", *place, "--variable", "land_urbanization")
    assert "urban construction land / land area" in text
    assert all(f"{name} (" in text for name in INPUTS["land_urbanization"])

    text = html.unescape(project.report.read_text(encoding="utf-8"))
    for words in (
        "TS rises as services outgrow industry.",
        "Urban construction land over land area (0-1)",
        "TS = tertiary / secondary value added",
        "Built-up share = urban construction land / land area",
    ):
        assert words in text


def test_what_holds_for_every_index_holds_for_a_new_one(added: Path) -> None:
    tests = REPOSITORY / "oib_pipeline_tests" / "indices" / "test_indices_lineage.py"
    chosen = ("-k", "servitization or land_urbanization", "-p", "no:cacheprovider")
    assert "12 passed" in run(added, "pytest", str(tests), *chosen)
