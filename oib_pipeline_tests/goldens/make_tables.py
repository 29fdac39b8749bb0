"""Writes the goldens of a whole refresh: ``python oib_pipeline_tests/goldens/make_tables.py``.

``tables.csv``
    Every table of the warehouse after `oib refresh` of the committed sample: rows, digest.
``report_relocation_2014.txt``
    The text of that refresh's report. It holds no date, version or fingerprint that another run
    or machine would write otherwise: the report is made to be the same for the same inputs.
``tables_real.csv``
    As ``tables.csv``, of the study of genuine files; written where these are (see ``REAL``).
"""

from __future__ import annotations

import csv
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
REAL = Path(os.environ.get("OIB_REAL") or REPOSITORY.parent / "shared" / "real")
SAMPLE_STUDY, REAL_STUDY = "relocation_2014", "real_whole_city"
TABLES, TABLES_REAL = HERE / "tables.csv", HERE / "tables_real.csv"
REPORT = HERE / f"report_{SAMPLE_STUDY}.txt"
INPUTS = ("registry", "studies", "manifests", "corrections.yml")

# What another run, machine or version of the code writes otherwise.
LEFT_OUT_COLUMNS: dict[str, set[str]] = {
    "raw_releases": {"raw_dir"},
    "meta_slices": {"fingerprint", "made_of"},
    # digests of ten digits of numbers that est_vintages and core_study_panel hold
    "meta_vintages": {"made_at", "results", "panel"},
}
LEFT_OUT_ROWS = {"meta_vintage_inputs": "kind IN ('code', 'library')"}

# Tables whose numbers are printed, added and divided are compared to the last bit. The others come
# out of logarithms and matrices, whose last bits differ between processors: between two kernels of
# OpenBLAS (OPENBLAS_CORETYPE=Nehalem and Haswell) by 1e-17 to 1e-14. A value may lie at a boundary
# of rounding, so a digest of many values is stable only if rounded well above that: in the 13,204
# numbers of the estimates one changed its tenth digit, and with eight digits 0.005 would.
DIGITS = 8
ROUNDED_SCHEMAS = {"est"}
ROUNDED_TABLES = {"core_indices", "core_findings", "core_study_panel"}

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def refresh(study: str, data: Path, raw: Path) -> None:
    """Bring a study up to date in a new data folder, as `oib refresh` does."""
    data.mkdir(parents=True)
    for name in INPUTS:
        source = REPOSITORY / "data" / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, data / name)
    own = {name: value for name, value in os.environ.items() if name != "OIB_RAW"}
    own |= {"OIB_DATA": str(data), "DAGSTER_HOME": str(data / "dagster")}
    command = [sys.executable, "-m", "oib_pipeline.cli"]
    done = subprocess.run(
        [*command, "refresh", "--study", study, "--raw", str(raw)],
        cwd=REPOSITORY,
        env=own | {"OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"oib refresh --study {study} failed:\n{done.stdout}\n{done.stderr}")


def table_digests(warehouse: Path) -> dict[str, tuple[int, str]]:
    """Rows and digest of the content of every table of a warehouse, whatever the rows' order."""
    import duckdb

    found = {}
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        listed = "SELECT schema_name, table_name FROM duckdb_tables() ORDER BY ALL"
        for schema, name in connection.execute(listed).fetchall():
            rounded = schema in ROUNDED_SCHEMAS or name in ROUNDED_TABLES
            hidden = LEFT_OUT_ROWS.get(name, "false")
            query = connection.execute(f"SELECT * FROM {schema}.{name} WHERE NOT ({hidden})")
            columns = [column[0] for column in query.description]
            shown = [i for i, c in enumerate(columns) if c not in LEFT_OUT_COLUMNS.get(name, set())]
            rows = query.fetchall()
            lines = sorted("\x1f".join(as_text(row[i], rounded) for i in shown) for row in rows)
            text = "\n".join(["\x1f".join(columns[i] for i in shown), *lines])
            found[f"{schema}.{name}"] = (len(rows), hashlib.sha256(text.encode()).hexdigest())
    return found


def as_text(value: object, rounded: bool) -> str:
    """A value as the digests see it; a missing one differs from every text."""
    if value is None:
        return "\x00"
    if isinstance(value, float):
        return f"{value + 0.0:.{DIGITS}g}" if rounded else repr(value)
    return str(value)


def report_text(page: Path) -> str:
    """The text of a report, a line for each paragraph and for each row of a table."""
    from lxml import html

    root = html.parse(page, html.HTMLParser(encoding="utf-8")).getroot()
    for element in root.xpath("//style | //script | //svg"):
        element.drop_tree()
    for row in root.xpath("//tr"):
        cells = [" ".join(cell.text_content().split()) for cell in row]
        row.clear()
        row.text = "\n" + " | ".join(cells) + "\n"
    lines = (" ".join(line.split()) for line in root.text_content().splitlines())
    return "\n".join(line for line in lines if line) + "\n"


def same_line(one: str, other: str) -> bool:
    """Whether two lines of a report agree but for the last digit of numbers with decimals.

    A mean that lies half-way between two printed numbers goes to either, by the processor.
    """
    if one == other:
        return True
    if NUMBER.sub("", one) != NUMBER.sub("", other):
        return False
    pairs = zip(NUMBER.findall(one), NUMBER.findall(other), strict=True)
    return all(a == b or _neighbours(a, b) for a, b in pairs)


def _neighbours(one: str, other: str) -> bool:
    decimals = [len(number.partition(".")[2]) for number in (one, other)]
    units = [int(re.sub(r"\D", "", number)) for number in (one, other)]
    return decimals[0] == decimals[1] > 0 and abs(units[0] - units[1]) == 1


def read_tables(golden: Path) -> dict[str, tuple[int, str]]:
    with golden.open(encoding="utf-8", newline="") as handle:
        return {row["table"]: (int(row["rows"]), row["digest"]) for row in csv.DictReader(handle)}


def write_tables(golden: Path, found: Mapping[str, tuple[int, str]]) -> None:
    rows: Iterable[tuple] = ((table, *facts) for table, facts in found.items())
    with golden.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(("table", "rows", "digest"))
        writer.writerows(rows)


def main() -> None:
    with TemporaryDirectory() as folder:
        data = Path(folder) / "sample"
        refresh(SAMPLE_STUDY, data, REPOSITORY / "data" / "raw")
        write_tables(TABLES, table_digests(data / "warehouse" / "oib.duckdb"))
        page = data / "reports" / SAMPLE_STUDY / "index.html"
        REPORT.write_text(report_text(page), encoding="utf-8")
        if not REAL.is_dir():
            print(
                f"{TABLES_REAL.name} stays as it was: no genuine releases at {REAL}, set OIB_REAL"
            )
            return
        data = Path(folder) / "real"
        refresh(REAL_STUDY, data, REAL)
        write_tables(TABLES_REAL, table_digests(data / "warehouse" / "oib.duckdb"))


if __name__ == "__main__":
    main()
