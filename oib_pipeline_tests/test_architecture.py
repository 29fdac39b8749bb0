"""The house: imports run one way, only the orchestration knows Dagster, starting up is light."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "oib_pipeline"
# What each room may import, beside itself. Nothing else is allowed, so no cycle can arise:
# every room stands after those it imports.
MAY_IMPORT = {
    "contract": set(),
    "registry": {"contract"},
    "settings": {"contract"},
    "warehouse": {"contract"},
    "extract": {"contract", "registry"},
    "indices": {"contract"},
    "study": {"contract", "indices"},
    "quality": {"contract", "indices"},
    "panel": {"contract", "registry", "study", "indices"},
    "estimation": set(),
    "results": {"contract", "registry", "study", "panel", "estimation"},
    "vintages": set(),
    "report": {"contract", "registry", "study", "indices"},
    "profiles": {"contract", "registry", "study", "indices", "panel", "estimation", "report"},
    "sample": {"contract", "registry"},
    "freshness": {
        *("contract", "registry", "study", "settings", "warehouse", "extract", "panel", "results")
    },
}
ALL = {*MAY_IMPORT}
MAY_IMPORT |= {"orchestration": ALL, "definitions": ALL | {"orchestration"}}
MAY_IMPORT |= {"cli": ALL | {"orchestration"}}
KNOWS_DAGSTER = {"orchestration"}
HEAVY = ["pandas", "numpy", "scipy", "statsmodels", "linearmodels", "great_expectations"]
HEAVY += ["matplotlib", "pyfixest", "duckdb", "openpyxl", "jinja2"]


def test_every_room_is_named_here() -> None:
    assert {room_of(path) for path in modules()} - {""} == {*MAY_IMPORT}


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_a_room_imports_only_what_stands_before_it(room: str) -> None:
    wrong = [
        f"{path.relative_to(PACKAGE.parent)} imports {name}"
        for path in modules()
        if room_of(path) == room
        for name in imports(path)
        if name.startswith("oib_pipeline.")
        if name.split(".")[1] not in MAY_IMPORT[room] | {room}
    ]
    assert not wrong


def test_only_the_orchestration_imports_dagster() -> None:
    wrong = [
        path
        for path in modules()
        if room_of(path) not in KNOWS_DAGSTER
        if any(name.split(".")[0] == "dagster" for name in imports(path))
    ]
    assert not wrong


def test_rooms_stand_in_an_order() -> None:
    placed: set[str] = set()
    while len(placed) < len(MAY_IMPORT):
        ready = {room for room in MAY_IMPORT if room not in placed and MAY_IMPORT[room] <= placed}
        assert ready, f"these import each other: {sorted(set(MAY_IMPORT) - placed)}"
        placed |= ready


def test_domain_rooms_work_without_dagster() -> None:
    names = [
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        for path in modules()
        if room_of(path) not in {"orchestration", "definitions", ""}
        if path.name != "__main__.py"
    ]
    blocked = "import sys; sys.modules['dagster'] = None"
    loading = "; ".join(f"import {name.removesuffix('.__init__')}" for name in sorted(names))
    run(f"{blocked}; {loading}")


def test_starting_the_command_is_light() -> None:
    out = run(f"import oib_pipeline.cli; {loaded([*HEAVY, 'dagster', 'pydantic', 'yaml'])}")
    assert out == "[]"


def test_looking_for_work_imports_neither_pandas_nor_dagster() -> None:
    code = "import oib_pipeline.orchestration.refresh, oib_pipeline.extract, oib_pipeline.freshness"
    assert run(f"{code}; {loaded([*HEAVY, 'dagster'])}") == "[]"


def test_loading_the_definitions_imports_nothing_heavy_but_dagster(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OIB_DATA", str(PACKAGE.parent / "data"))
    assert run(f"import oib_pipeline.definitions; {loaded(HEAVY)}") == "[]"


@cache
def modules() -> tuple[Path, ...]:
    return tuple(sorted(PACKAGE.rglob("*.py")))


def room_of(path: Path) -> str:
    """Folder below the package, or the name of a module of its own; '' for the package itself."""
    parts = path.relative_to(PACKAGE).parts
    return parts[0] if len(parts) > 1 else path.stem.replace("__init__", "")


@cache
def imports(path: Path) -> frozenset[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: imports are absolute here"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def loaded(names: list[str]) -> str:
    return f"import sys; print([name for name in {names} if name in sys.modules])"


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
