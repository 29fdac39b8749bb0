"""The house: imports run one way and in no circle, a file is a subject, starting up is light."""

import ast
import subprocess
import sys
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "oib_pipeline"
# What each room may import, beside itself. Nothing else is allowed, so no circle can arise:
# every room stands after those it imports.
MAY_IMPORT = {
    "contract": set(),
    "analysis.catalogue": set(),  # what results there are; it imports nothing that computes
    "registry": {"contract"},
    "indices": {"contract"},
    "study": {"contract", "indices", "analysis.catalogue"},
    "settings": {"contract"},
    "warehouse": {"contract"},
    "quality": {"contract", "indices", "analysis.catalogue"},
    "extract": {"contract", "registry"},
    "panel": {"contract", "registry", "indices", "study"},
    "estimation": set(),
    "analysis": {
        "contract",
        "registry",
        "study",
        "panel",
        "estimation",
        "analysis.catalogue",
    },
    "vintages": set(),
    "report": {"contract", "registry", "indices", "study", "analysis.catalogue"},
    "report.cities": {"contract", "registry", "indices", "study", "panel", "estimation", "report"},
    "synthetic": {"contract", "registry"},
    "versions": {
        "contract",
        "registry",
        "panel",
        "study",
        "settings",
        "warehouse",
        "analysis.catalogue",
    },
}
DOMAIN = {*MAY_IMPORT}
MAY_IMPORT |= {"defs": DOMAIN | {"client"}, "client": DOMAIN | {"defs"}}
MAY_IMPORT |= {"definitions": DOMAIN | {"defs"}, "cli": DOMAIN | {"client"}}
KNOWS_DAGSTER = {"defs", "client", "definitions"}
# Modules that use a library's private parts, each with a test that fails when the library changes.
PRIVATE = {
    "oib_pipeline/defs/lib/event_log.py",
    "oib_pipeline/defs/checks.py",
    "oib_pipeline/client/in_sync.py",
}
MOST_MODULES = 12  # in a folder
MOST_LINES = 500
FEWEST_LINES = 100  # below it a module is a type or a vocabulary that many import
MOST_SMALL = 29
HEAVY = ["pandas", "numpy", "scipy", "statsmodels", "linearmodels", "great_expectations"]
HEAVY += ["matplotlib", "pyfixest", "duckdb", "openpyxl", "jinja2"]

# The public surface: names that others may rely on. Everything else is private to its package.
PUBLIC = {
    "oib_pipeline.estimation": {
        "Estimate", "EventStudy", "GroupEstimates", "MatchedEstimate", "Matching", "Placebo",
        "RedrawnMatches", "Samples", "Specification", "SpecificationCurve", "SyntheticControl",
        "WildBootstrap", "by_group", "compare_inference", "dynamic_effects", "event_study",
        "ledger", "match", "placebo", "propensity_scores", "psm_did", "specification_curve",
        "synthetic_control", "synthetic_placebos", "twfe", "wild_cluster_bootstrap",
    },
    "oib_pipeline.extract": {
        "Extraction", "Inspection", "Release", "draft_manifest", "extract_release",
        "find_releases", "inspect_path", "manifest_of", "read_release", "verify",
    },
    "oib_pipeline.panel": {
        "Correction", "StudyPanel", "Trace", "apply_corrections", "assemble",
        "build_study_panel", "candidates", "conflicts", "findings", "read_corrections",
        "reconcile", "trace", "trace_view",
    },
    "oib_pipeline.indices": {"INDICATORS", "compute_indices"},
    "oib_pipeline.quality": {"BEFORE", "CHECKS", "CheckSpec", "Outcome", "spec"},
    "oib_pipeline.quality.suites": {
        "check_before_report", "check_city_year", "check_descriptive", "check_estimates",
        "check_findings", "check_indices", "check_observations", "check_raw", "check_releases",
        "check_sources", "check_study_panel",
    },
    "oib_pipeline.report": {"ReportFiles", "ReportInputs", "render"},
    "oib_pipeline.registry": {"Registry", "load_registry"},
    "oib_pipeline.warehouse": {"Warehouse", "reading"},
}  # fmt: skip


@pytest.mark.parametrize("package", sorted(PUBLIC))
def test_the_public_surface_is_what_is_listed_here(package: str) -> None:
    face = import_module(package)
    assert {*face.__all__} == PUBLIC[package]
    assert all(hasattr(face, name) for name in face.__all__)


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
        if room_of_name(name) not in MAY_IMPORT[room] | {room}
    ]
    assert not wrong


def test_only_the_dagster_side_imports_dagster() -> None:
    wrong = [
        path
        for path in modules()
        if room_of(path) not in KNOWS_DAGSTER
        if any(name.split(".")[0] == "dagster" for name in imports(path))
    ]
    assert not wrong


def test_domain_rooms_stand_in_an_order() -> None:
    placed: set[str] = set()
    while len(placed) < len(DOMAIN):
        ready = {room for room in DOMAIN if room not in placed and MAY_IMPORT[room] <= placed}
        assert ready, f"these import each other: {sorted(DOMAIN - placed)}"
        placed |= ready


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Counts imports inside functions and for type checkers too."""
    graph = {name: imported_modules(path) - {name} for name, path in by_name().items()}
    while leaves := {name for name, needs in graph.items() if not needs & {*graph}}:
        graph = {name: needs for name, needs in graph.items() if name not in leaves}
    assert not graph, f"in a circle, or behind one: {sorted(graph)}"


def test_a_folder_is_a_dozen_modules_and_a_module_a_subject() -> None:
    sources = [path for path in modules() if path.name != "__init__.py"]
    folders = {path.parent for path in sources}
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in sources}
    crowded = [str(folder) for folder in folders if len([*folder.glob("[!_]*.py")]) > MOST_MODULES]
    long = [str(path) for path in sources if lines[path] > MOST_LINES]
    small = sorted(path.name for path in sources if lines[path] < FEWEST_LINES)
    assert not crowded
    assert not long
    assert len(small) <= MOST_SMALL, small


def test_no_module_loads_its_names_when_asked() -> None:
    wrong = [
        path
        for path in modules()
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name == "__getattr__"
    ]
    assert not wrong


def test_private_parts_of_libraries_are_used_where_it_is_listed() -> None:
    using = {
        path.relative_to(PACKAGE.parent).as_posix()
        for path in modules()
        for name in imports(path)
        if not name.startswith("oib_pipeline.")
        if any(part.startswith("_") and part != "__future__" for part in name.split("."))
    }
    assert using == PRIVATE


def test_domain_rooms_work_without_dagster() -> None:
    names = [
        name for name, path in by_name().items() if room_of(path) not in KNOWS_DAGSTER | {"cli", ""}
    ]
    blocked = "import sys; sys.modules['dagster'] = None"
    run(f"{blocked}; {'; '.join(f'import {name}' for name in sorted(names))}")


def test_starting_the_command_is_light() -> None:
    out = run(f"import oib_pipeline.cli; {loaded([*HEAVY, 'dagster', 'pydantic', 'yaml'])}")
    assert out == "[]"


def test_looking_for_work_imports_neither_pandas_nor_dagster() -> None:
    code = "import oib_pipeline.client.refresh, oib_pipeline.versions.plan"
    assert run(f"{code}; {loaded([*HEAVY, 'dagster'])}") == "[]"


def test_loading_the_definitions_imports_nothing_heavy_but_dagster(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OIB_DATA", str(PACKAGE.parent / "data"))
    assert run(f"import oib_pipeline.definitions; {loaded(HEAVY)}") == "[]"


@cache
def modules() -> tuple[Path, ...]:
    return tuple(sorted(PACKAGE.rglob("*.py")))


@cache
def by_name() -> dict[str, Path]:
    return {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(
            ".__init__"
        ): path
        for path in modules()
    }


def room_of(path: Path) -> str:
    """Folder below the package, or the name of a module of its own; '' for the package itself."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return room_of_name(".".join(("oib_pipeline", *parts)).removesuffix(".__init__"))


def room_of_name(name: str) -> str:
    """The room of a dotted name."""
    parts = name.split(".")[1:3]
    return ".".join(parts) if ".".join(parts) in MAY_IMPORT else "".join(parts[:1])


def imported_modules(path: Path) -> set[str]:
    """Modules of the package that one imports, wherever in it."""
    known = by_name()
    return {
        name if name in known else name.rpartition(".")[0]
        for name in imports(path)
        if name.startswith("oib_pipeline.")
    }


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
