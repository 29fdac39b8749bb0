"""The registry's csv files, read as text and held to their columns and keys."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from oib_pipeline.contract.errors import OibError

COLUMNS = {
    "cities": "city_code name_zh name_en pinyin province_code province_zh province_en region kind "
    "capital has_districts lon lat first_year last_year source",
    "names": "name city_code kind first_year last_year source",
    "former_codes": "former_code city_code last_year source",
    "samples": "sample city_code unit_kind named_district_zh membership source",
    "policies": "policy city_code start_year document source",
    "documents": "document date title issuer number what_it_does number_verified policies",
    "borders": "city_code year counties_to_districts district_mergers source",
    "counties": "county_code name_zh prefecture_zh first_year last_year source",
}
KEYS = {
    "cities": ["city_code"],
    "names": ["name", "city_code"],
    "former_codes": ["former_code"],
    "samples": ["sample", "city_code"],
    "policies": ["policy", "city_code"],
    "documents": ["document"],
    "borders": ["city_code", "year"],
    "counties": ["county_code", "name_zh", "first_year"],
}
# Columns that came later: blank where a file does not have them.
LATER = {"documents": ["policies"]}
NUMBERS = {
    "cities": ["lon", "lat", "first_year", "last_year", "capital", "has_districts"],
    "names": ["first_year", "last_year"],
    "former_codes": ["last_year"],
    "policies": ["start_year"],
    "borders": ["year", "counties_to_districts", "district_mergers"],
    "counties": ["first_year", "last_year"],
}
OPTIONAL = {"counties"}  # they make messages better; a folder without them loads
# what a row pasted from a message leaves for a person to say
DECIDED = {
    "names": {
        "city_code": "the code that the city of that name has in cities.csv",
        "source": "where the name is printed so",
    }
}


def read(folder: Path, table: str) -> pd.DataFrame:
    """One registry table, keys unique and numbers numeric.

    Raises
    ------
    OibError
        Naming the file, the line and the value, when the file is missing or breaks its form.
    """
    path = folder / f"{table}.csv"
    if table in OPTIONAL and not path.is_file():
        return pd.DataFrame(columns=COLUMNS[table].split())
    if not path.is_file():
        raise OibError(f"{path} is missing: the registry needs it (OIB_DATA names the data folder)")
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    expected = COLUMNS[table].split()
    for column in LATER.get(table, []):
        if column not in frame.columns:
            frame[column] = ""
    missing = [column for column in expected if column not in frame.columns]
    if missing:
        raise OibError(f"{path}: no column {', '.join(missing)}; expected {', '.join(expected)}")
    _decided(frame, table, path)
    _unique(frame, KEYS[table], path)
    for column in NUMBERS.get(table, []):
        frame[column] = _numeric(frame[column], path)
    return frame[expected]


def _decided(frame: pd.DataFrame, table: str, path: Path) -> None:
    for column, what in DECIDED.get(table, {}).items():
        empty = frame[column].str.strip().eq("")
        if empty.any():
            line = int(empty.idxmax()) + 2
            name = frame.loc[empty.idxmax(), "name"]
            raise OibError(f"{path}, line {line}: nothing under {column} of {name!r}; write {what}")


def _unique(frame: pd.DataFrame, key: list[str], path: Path) -> None:
    repeated = frame.duplicated(key)
    if repeated.any():
        line = int(repeated.idxmax()) + 2
        value = " / ".join(frame.loc[repeated.idxmax(), key])
        raise OibError(f"{path}, line {line}: {value} is there twice; {', '.join(key)} must differ")


def _numeric(column: pd.Series, path: Path) -> pd.Series:
    numbers = pd.to_numeric(column.replace("", None), errors="coerce")
    bad = numbers.isna() & column.ne("")
    if bad.any():
        line = int(bad.idxmax()) + 2
        raise OibError(
            f"{path}, line {line}: {column[bad.idxmax()]!r} in {column.name} is not a number"
        )
    return numbers
