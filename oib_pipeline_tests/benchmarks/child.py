"""Runs one function of a benchmark in this process and prints what it returns as JSON."""

from __future__ import annotations

import importlib
import json
import sys


def main(function: str, arguments: str) -> None:
    module, _, name = function.partition(":")
    work = getattr(importlib.import_module(f"{__package__}.{module}"), name)
    print(json.dumps(work(**json.loads(arguments))))


if __name__ == "__main__":
    main(*sys.argv[1:])
