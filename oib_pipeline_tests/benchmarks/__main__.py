"""Runs the benchmarks and writes their table: ``python -m oib_pipeline_tests.benchmarks``."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

from oib_pipeline_tests.benchmarks.machine import facts, load
from oib_pipeline_tests.benchmarks.table import Row, markdown

SUBJECTS = (
    "placebo",
    "draws",
    "large",
    "curve",
    "extraction",
    "rendering",
    "refresh",
    "added_city",
    "partitions",
    "growth",
)
ABOUT = """# Benchmarks

Ratios within one run on one machine: ours and a peer on the same data, in turn, the median of
several rounds. The ratio and its target are what is measured; the times beside them are those of
this machine, shared with other work, and promise nothing. `make bench` writes this table anew.
"""


def main() -> None:
    options = _options()
    found: list[Row] = []
    loads = [load()]
    for name in options.only or SUBJECTS:
        print(f"{name} ...", flush=True)
        new = importlib.import_module(f"{__package__}.{name}").rows(options.tiny)
        loads.append(load())
        print(markdown(new), flush=True)
        found += new
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(_page(found, loads), encoding="utf-8")
        print(f"written to {options.out}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Ratios of ours to its peers, in one run.")
    parser.add_argument("--only", action="append", choices=SUBJECTS, help="this one (repeatable)")
    parser.add_argument("--tiny", action="store_true", help="sizes that only show that it runs")
    parser.add_argument("--out", type=Path, help="file for the table")
    return parser.parse_args()


def _page(found: list[Row], loads: list[str]) -> str:
    lines = [f"- {name}: {value}" for name, value in facts().items()]
    lines.append(f"- processes at work, before and after each subject: {', '.join(loads)}")
    return "\n".join([ABOUT, *lines, "", markdown(found), ""])


if __name__ == "__main__":
    main()
