"""Cities, policies, borders and notes, loaded once and cross-checked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from oib_pipeline.contract.errors import OibError
from oib_pipeline.contract.policies import documents_of, policies_named
from oib_pipeline.registry.names import Gazetteer, Names

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


HOMES = {"city_code": "cities", "document": "documents"}
USERS = {
    "city_code": ("names", "former_codes", "samples", "policies", "borders"),
    "document": ("policies",),
}
TODO = {
    "city_code": "add the city to cities.csv, or, if it was recoded, give the new code here too",
    "document": "add the document to documents.csv, or, if it was renamed, give the new name here "
    "too",
    "policies": "take the policy out of the column policies, or, if it was renamed, give the new "
    "name here too",
}
FEW = 8
FEW_LINES = 4


def check_references(frames: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Every city, document and policy that a table names is in the table of its kind.

    Raises
    ------
    OibError
        Naming the files, lines and values that contradict, and what to do.
    """
    problems, todo = [], []
    for column, home in HOMES.items():
        known = frames[home][column]
        found = [
            f"{table}.csv, {told} is not in {home}.csv"
            for table in USERS[column]
            for told in _unknown(frames[table][column], known)
        ]
        problems += found
        todo += [TODO[column]] if found else []
    found = _policies_unknown(frames)
    problems += found
    todo += [TODO["policies"]] if found else []
    if len(problems) == 1:
        raise OibError(f"{folder / problems[0]}: {todo[0]}")
    if problems:
        more = [f"and {len(problems) - FEW} more"] if len(problems) > FEW else []
        told = [f"the registry in {folder} contradicts itself:", *problems[:FEW], *more]
        raise OibError("\n".join(["\n  ".join(told), *todo]))


def _policies_unknown(frames: Mapping[str, pd.DataFrame]) -> list[str]:
    """Each policy that a document names and policies.csv does not have, with its lines."""
    named = frames["documents"]["policies"].map(policies_named).explode().dropna()
    known = frames["policies"]["policy"]
    return [
        f"documents.csv, {told} is not in policies.csv"
        for told in _unknown(named.rename("policy"), known)
    ]


def _unknown(column: pd.Series, known: pd.Series) -> list[str]:
    """Each value that is not known, with its lines."""
    values = column[~column.isin(known)]
    return [
        f"{_lines([int(row) + 2 for row in rows])}: {column.name} {value!r}"
        for value, rows in values.groupby(values, sort=False).groups.items()
    ]


def _lines(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:FEW_LINES]))
    more = f" and {len(numbers) - FEW_LINES} more" if len(numbers) > FEW_LINES else ""
    return f"line{'s' * (len(numbers) > 1)} {shown}{more}"


@dataclass(frozen=True)
class Registry:
    """Cities, spellings, samples, policies, documents and district borders, one frame each."""

    cities: pd.DataFrame
    names: Names
    former_codes: dict[str, str]
    samples: pd.DataFrame
    policies: pd.DataFrame
    documents: pd.DataFrame
    borders: pd.DataFrame

    @property
    def gazetteer(self) -> Gazetteer:
        """The names alone, without any frame."""
        return self.names.gazetteer

    def resolve(self, name: str, year: int, province_code: str | None = None) -> str | None:
        """Code of the city a printed name meant in a data year; None where there is none."""
        return self.gazetteer.resolve(name, year, province_code)

    def nearest(self, name: str) -> list[str]:
        """Known names that look most like this one."""
        return self.gazetteer.nearest(name)

    def province_code(self, name: str) -> str | None:
        """Code of a province as printed, long or short."""
        return self.gazetteer.province_code(name)

    def current_code(self, code: str) -> str:
        """Today's code of a city that a source gives under a former one."""
        return self.former_codes.get(code, code)

    def sample(self, name: str) -> list[str]:
        """City codes of a sample, sorted."""
        codes = self.samples.loc[self.samples["sample"] == name, "city_code"]
        if codes.empty:
            known = ", ".join(sorted(self.samples["sample"].unique()))
            raise OibError(f"no sample {name!r} in samples.csv; it has {known}")
        return sorted(codes)

    def policy(self, name: str) -> pd.DataFrame:
        """Cities under a policy and the year it began there: city_code, start_year, document."""
        rows = self.policies[self.policies["policy"] == name]
        if rows.empty:
            known = ", ".join(sorted(self.policies["policy"].unique()))
            raise OibError(f"no policy {name!r} in policies.csv; it has {known}")
        return rows.drop(columns="policy").reset_index(drop=True)

    def documents_of(self, policy: str) -> pd.DataFrame:
        """Documents that belong to a policy, by date; the columns of documents.csv but policies."""
        records = self.documents.to_dict("records"), self.policies.to_dict("records")
        own = self.documents[self.documents["document"].isin(documents_of(policy, *records))]
        ordered = own.sort_values(["date", "document"], kind="stable", ignore_index=True)
        return ordered.drop(columns="policies")


def load_registry(folder: Path) -> Registry:
    """The registry in a folder of csv files, every code in it a known city.

    Raises
    ------
    OibError
        Naming file, line and value, when a file is missing or files contradict each other.
    """
    frames = {table: read(folder, table) for table in COLUMNS}
    cities = frames["cities"]
    check_references(frames, folder)
    former = frames["former_codes"].set_index("former_code")["city_code"].to_dict()
    return Registry(
        cities=cities,
        names=Names(cities, frames["names"], former, frames["counties"]),
        former_codes=former,
        **{table: frames[table] for table in ("samples", "policies", "documents", "borders")},
    )


FIELDS = ("city_code", "place", "text", "source")


@dataclass(frozen=True)
class CaseNote:
    """One note: the city, the part of it that is meant, the words, and where they rest on."""

    city_code: str
    place: str
    text: str
    source: str


def read_case_notes(path: Path, cities: Collection[str]) -> tuple[CaseNote, ...]:
    """The notes of a file in their order; none where there is no file.

    Raises
    ------
    OibError
        Naming the note and the field, when one is missing, empty or about an unknown city.
    """
    import yaml

    if not path.is_file():
        return ()
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except yaml.YAMLError as error:
        raise OibError(f"{path} is not YAML: {error}") from error
    if not isinstance(content, list):
        raise OibError(f"{path} must be a list of notes with {', '.join(FIELDS)}")
    return tuple(_note(path, place, item, cities) for place, item in enumerate(content, start=1))


def _note(path: Path, place: int, item: object, cities: Collection[str]) -> CaseNote:
    given = item if isinstance(item, dict) else {}
    lacking = [name for name in FIELDS if not isinstance(given.get(name), str) or not given[name]]
    other = sorted(str(name) for name in given if name not in FIELDS)
    if lacking or other:
        said = f"lacks {', '.join(lacking)} as text" if lacking else f"has {', '.join(other)}"
        raise OibError(f"{path}, note {place} {said}; a note has {', '.join(FIELDS)}")
    if given["city_code"] not in cities:
        raise OibError(f"{path}, note {place}: {given['city_code']!r} is no city of cities.csv")
    return CaseNote(**{name: given[name].strip() for name in FIELDS})
