"""What a reader has to know of the machine that measured."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("numpy", "pandas", "linearmodels", "pyfixest", "openpyxl", "python-calamine",
            "dagster", "duckdb", "great-expectations")  # fmt: skip


def facts() -> dict[str, str]:
    """Processor, memory, system and versions."""
    return {
        "processor": f"{_model()}, {os.cpu_count()} threads",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB",
        "system": f"{platform.system()}, Python {platform.python_version()}",
        "threads of linear algebra": os.environ.get("OPENBLAS_NUM_THREADS", "as many as cores"),
        "packages": ", ".join(f"{name} {version(name)}" for name in PACKAGES),
    }


def load() -> str:
    """Processes at work in the last minute."""
    return f"{os.getloadavg()[0]:.1f}"


def _model() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
