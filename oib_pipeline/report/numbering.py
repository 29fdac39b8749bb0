"""The number of each table and figure: its own, whatever else a report has or lacks.

Tables 1 to 7 are those of the paper. D stands for data, S for the summary, C for what
changed, A for the appendix.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from string import ascii_lowercase

TABLES = {
    "headline": "S1",
    "checks-summary": "S2",
    "moved-effects": "C1",
    "moved-estimates": "C2",
    "changed-inputs": "C3",
    "revised-values": "C4",
    "releases": "D1",
    "sources": "D2",
    "missing": "D3",
    "policy-documents": "1",
    "variables": "2",
    "left-out": "2b",
    "descriptive": "3",
    "baseline": "4",
    "dynamic-models": "5",
    "psm-did": "6",
    "regional": "7",
    "placebo": "8",
    "robustness": "9",
    "inference": "10",
    "event-study-effects": "A1",
    "balance": "A2",
    "repaired-values": "A3",
    "corrections": "A4",
    "conflicting-values": "A5",
    "findings-by-rule": "A6",
    "file-findings": "A7",
    "specifications-table": "A8",
    "inputs-list": "A9",
    "skipped": "A10",
}
FIGURES = {
    "coverage": "D1",
    "city-coverage": "D2",
    "policy-timeline": "1",
    "map": "2",
    "trends": "3",
    "pilots": "4",
    "event-study": "5",
    "dynamic": "6",
    "common-support": "7",
    "love-plot": "8",
    "regions": "9",
    "placebo": "10",
    "specification-curve": "11",
}


def numbers(names: Sequence[str], known: dict[str, str], prefix: str = "") -> dict[str, str]:
    """The number of each name: its family's, with a letter where it has several of them.

    A family is a known name, or one followed by ``-`` and an outcome. Names of no family are
    counted in the order they stand in, past the numbers that are taken.
    """
    families: dict[str, list[str]] = {}
    for name in names:
        families.setdefault(_family(name, known), []).append(name)
    found: dict[str, str] = {}
    for family, members in families.items():
        if family in known:
            several = len(members) > 1
            for letter, name in zip(ascii_lowercase, members, strict=False):
                found[name] = known[family] + (letter if several else "")
    taken = set(known.values()) if found else set()
    free = _free(taken, prefix)
    return found | {name: next(free) for name in names if name not in found}


def _family(name: str, known: dict[str, str]) -> str:
    if name in known:
        return name
    return max((one for one in known if name.startswith(f"{one}-")), key=len, default=name)


def _free(taken: set[str], prefix: str) -> Iterator[str]:
    count = 0
    while True:
        count += 1
        if f"{prefix}{count}" not in taken:
            yield f"{prefix}{count}"
