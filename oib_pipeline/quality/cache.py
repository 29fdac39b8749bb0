"""Outcomes kept beside their inputs' fingerprint, so that unchanged input is not checked again."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from oib_pipeline.quality.outcome import Outcome, cell_text

FIELDS = ("check", "table", "passed", "severity", "blocking", "summary")


def cached_outcomes(
    path: Path, check: Callable[..., list[Outcome]], *frames: Any, **facts: Any
) -> list[Outcome]:
    """Outcomes of ``check(*frames, **facts)``, read from ``path`` where nothing has changed.

    The fingerprint covers every argument, the rules of this room, the contract and the version of
    Great Expectations, which is not imported when the outcomes are read back. In outcomes read
    back the values of failing rows are text.
    """
    mark = fingerprint(check.__name__, frames, facts)
    kept = _read(path, mark)
    if kept is None:
        kept = check(*frames, **facts)
        _write(path, mark, kept)
    return kept


def fingerprint(*values: Any) -> str:
    """SHA-256 over values and the rules that would judge them; frames count by content."""
    digest = hashlib.sha256(_rules().encode())
    _feed(digest, values)
    return digest.hexdigest()


def _feed(digest: Any, value: Any) -> None:
    if isinstance(value, pd.DataFrame):
        digest.update(repr([(str(name), str(value[name].dtype)) for name in value]).encode())
        digest.update(pd.util.hash_pandas_object(value, index=False).to_numpy().tobytes())
    elif isinstance(value, Mapping):
        _feed(digest, sorted(value.items(), key=lambda item: str(item[0])))
    elif isinstance(value, set | frozenset):
        _feed(digest, sorted(value, key=str))
    elif isinstance(value, list | tuple | range):
        digest.update(f"[{len(value)}".encode())
        for item in value:
            _feed(digest, item)
    elif isinstance(value, np.generic):
        _feed(digest, value.item())
    elif value is None or isinstance(value, str | int | float | bool):
        digest.update(f"{type(value).__name__}:{value!r};".encode())
    else:
        raise TypeError(f"a {type(value).__name__} cannot be fingerprinted: pass plain values")


def _rules() -> str:
    digest = hashlib.sha256(version("great-expectations").encode())
    for package in ("oib_pipeline.quality", "oib_pipeline.contract"):
        for item in sorted(Path(str(files(package))).rglob("*")):
            if item.suffix in {".py", ".yml", ".csv"}:
                digest.update(item.name.encode() + item.read_bytes())
    return digest.hexdigest()


def _read(path: Path, mark: str) -> list[Outcome] | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if content.get("fingerprint") != mark:
        return None
    return [_outcome(item) for item in content["outcomes"]]


def _outcome(item: dict[str, Any]) -> Outcome:
    failing = pd.DataFrame(item["failing"]["rows"], columns=item["failing"]["columns"])
    plain = {name: item[name] for name in FIELDS}
    return Outcome(**plain, failing=failing, evidence=item["evidence"])


def _write(path: Path, mark: str, outcomes: list[Outcome]) -> None:
    items = [
        {
            **{name: getattr(outcome, name) for name in FIELDS},
            "failing": {
                "columns": list(outcome.failing.columns),
                "rows": _texts(outcome.failing),
            },
            "evidence": outcome.evidence,
        }
        for outcome in outcomes
    ]
    content = {"fingerprint": mark, "outcomes": items}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1, default=str)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text + "\n", encoding="utf-8", newline="\n")
    draft.replace(path)


def _texts(frame: pd.DataFrame) -> list[list[str]]:
    rows = frame.itertuples(index=False, name=None)
    return [[cell_text(value) for value in row] for row in rows]
