"""Writes definitions.txt: ``python oib_pipeline_tests/goldens/make_definitions.py``."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]

if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent / "orchestration"))
    os.environ["OIB_DATA"] = str(REPOSITORY / "data")
    from described import described

    from oib_pipeline.definitions import build_definitions
    from oib_pipeline.study import read_studies

    text = described(build_definitions(read_studies(REPOSITORY / "data" / "studies").values()))
    (HERE / "definitions.txt").write_text(text, encoding="utf-8")
