"""Add a city to a sample, remove it, byte-exact csv edits."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from oib_pipeline.contract.errors import OibError

Row = Mapping[str, str]
HAND, COMMAND = "added by hand", "oib add-city"
OWN = f"{HAND} ({COMMAND})"  # source of a row that the command wrote


class Table:
    """One csv file of the registry as lines, edited in memory.

    Raises
    ------
    OibError
        Where the file is missing or a row runs over several lines.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise OibError(f"{path} is missing: the registry needs it")
        self.path = path
        text = path.read_bytes().decode("utf-8-sig")
        self.mark = path.read_bytes().startswith(b"\xef\xbb\xbf")
        self.end = "\r\n" if "\r\n" in text else "\n"
        self.lines = text.splitlines()
        parsed = list(csv.reader(self.lines))
        if len(parsed) != len(self.lines):
            raise OibError(f"{path}: a row runs over several lines; put each on one")
        self.columns = parsed[0]

    @property
    def rows(self) -> list[dict[str, str]]:
        """Rows as the file has them now."""
        return [dict(zip(self.columns, row, strict=False)) for row in csv.reader(self.lines[1:])]

    def insert(self, row: Row, group: Sequence[str], order: str) -> None:
        """A row before the first of its group that comes after it, else behind the group."""
        rows = self.rows
        inside = [i for i, other in enumerate(rows) if all(other[g] == row[g] for g in group)]
        after = [i for i in inside if rows[i][order] > row[order]]
        place = after[0] if after else inside[-1] + 1 if inside else len(rows)
        self.lines.insert(place + 1, _line([row.get(name, "") for name in self.columns]))

    def remove(self, wanted: Callable[[dict[str, str]], bool]) -> int:
        """Number of rows taken out."""
        keep = [not wanted(row) for row in self.rows]
        before = len(self.lines)
        pairs = zip(self.lines[1:], keep, strict=True)
        self.lines = [self.lines[0], *(line for line, kept in pairs if kept)]
        return before - len(self.lines)

    def content(self) -> bytes:
        """The file as it is to be."""
        text = self.end.join(self.lines) + self.end
        return (b"\xef\xbb\xbf" if self.mark else b"") + text.encode()


def write_tables(folder: Path, changed: Sequence[Table]) -> None:
    """Tables written, each in one step, after the whole registry was read with them and held.

    Raises
    ------
    OibError
        Where the registry would contradict itself; nothing is written then.
    """
    from oib_pipeline.registry.registry import load_registry

    with tempfile.TemporaryDirectory() as place:
        tried = Path(place, "registry")
        shutil.copytree(folder, tried)
        for table in changed:
            (tried / table.path.name).write_bytes(table.content())
        try:
            load_registry(tried)
        except OibError as error:
            raise OibError(str(error).replace(str(tried), str(folder))) from error
    drafts = [
        (table, table.path.with_name(f".{table.path.name}.{os.getpid()}")) for table in changed
    ]
    try:
        for table, draft in drafts:
            draft.write_bytes(table.content())
            shutil.copymode(table.path, draft)
        for table, draft in drafts:
            draft.replace(table.path)
    finally:
        for _, draft in drafts:
            draft.unlink(missing_ok=True)


def _line(cells: Sequence[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(cells)
    return buffer.getvalue()


def rows_under(under: Table, code: str, policies: Collection[str]) -> list[Row]:
    """Rows of policies.csv that have a city under one of some policies."""
    return [row for row in under.rows if row["city_code"] == code and row["policy"] in policies]


def already_treated(row: Row) -> str:
    """That a city which came into a sample is under a policy already."""
    return (
        f"policies.csv: {row['city_code']} is under {row['policy']} already, so it is treated "
        f"from {row['start_year']}; if that is wrong, edit or delete its row there"
    )


def still_treated(row: Row, others: Sequence[str]) -> str:
    """That a city which left a sample stays under a policy, and what to do about it.

    Parameters
    ----------
    others
        Samples that have the city still.
    """
    start = f"policies.csv: {row['city_code']} stays under {row['policy']}"
    if others:
        return f"{start}, for it is in {', '.join(others)} too"
    return (
        f"{start} from {row['start_year']} (source: {row['source']}): added to a sample again it "
        "is treated; if it is not to be, delete its row there"
    )


def row_to_add(code: str, treated: Mapping[str, str], policies: Table) -> Row | None:
    """The row of a city under a policy; none without a policy, or where it is there already."""
    name = treated.get("policy")
    rows = [row for row in policies.rows if row["policy"] == name]
    if not name or any(row["city_code"] == code for row in rows):
        return None
    row = {"policy": name, "city_code": code, "source": OWN}
    for column in ("start_year", "document"):
        values = sorted({other[column] for other in rows})
        if not treated.get(column) and len(values) != 1:
            told = ", ".join(values) or "no city yet"
            raise OibError(
                f"the policy {name} has {told} as {column}: give --{column.replace('_', '-')}"
            )
        row[column] = treated.get(column) or values[0]
    return row


NEEDED = ("name_zh", "name_en", "region")  # of a city that cities.csv does not have


def add_city(
    folder: Path,
    code: str,
    sample: str,
    facts: Mapping[str, str],
    treated: Mapping[str, str] | None = None,
    policies: Collection[str] = (),
) -> list[str]:
    """What was written, a line a file, and what policies.csv says of the city already.

    Parameters
    ----------
    folder
        The registry.
    facts
        Columns of cities.csv and samples.csv as given; blanks count as not given.
    treated
        policy, and start_year and document where the policy has several: the city is under it;
        without a policy no row says so.
    policies
        Those that the sample is evaluated for.

    Raises
    ------
    OibError
        Naming what is missing or contradicts the registry; nothing is written then.
    """
    given = {name: text for name, text in facts.items() if text}
    cities, samples = Table(folder / "cities.csv"), Table(folder / "samples.csv")
    _sound(folder, code, sample, samples)
    said, changed = [], []
    known = next((row for row in cities.rows if row["city_code"] == code), None)
    if known is None:
        row = _new_city(code, given, cities)
        cities.insert(row, (), "city_code")
        changed.append(cities)
        said.append(f"cities.csv: {row['name_en']} {row['name_zh']} ({code}) added")
    else:
        _agrees(code, given, known)
    if not any((r["sample"], r["city_code"]) == (sample, code) for r in samples.rows):
        said_by = {"membership": HAND, "source": COMMAND}
        member = {"sample": sample, "city_code": code, **said_by, **given}
        member.setdefault("unit_kind", (known or given).get("kind", ""))
        samples.insert(member, ("sample",), "city_code")
        changed.append(samples)
        said.append(f"samples.csv: {code} added to {sample}")
    under = Table(folder / "policies.csv")
    evaluated = {*policies, *filter(None, [(treated or {}).get("policy")])}
    already = rows_under(under, code, evaluated)
    if treated and (new := row_to_add(code, treated, under)):
        under.insert(new, ("policy",), "city_code")
        changed.append(under)
        said.append(f"policies.csv: {code} under {new['policy']} from {new['start_year']}")
    if not changed:
        raise OibError(f"{code} is in the sample {sample} already")
    write_tables(folder, changed)
    return [*said, *map(already_treated, already)]


def remove_city(folder: Path, code: str, sample: str, policies: Collection[str] = ()) -> list[str]:
    """What was written, a line a file, and what stays; what is known of the city itself does.

    A city that leaves its last sample leaves the sample's policies too where `add_city` put it
    under them: added anew, it would be treated unasked.

    Parameters
    ----------
    policies
        Those that the sample is evaluated for.

    Raises
    ------
    OibError
        Where the sample does not have the city.
    """
    samples = Table(folder / "samples.csv")
    gone = samples.remove(lambda row: (row["sample"], row["city_code"]) == (sample, code))
    if not gone:
        held = sorted({r["sample"] for r in samples.rows if r["city_code"] == code}) or [
            "no sample"
        ]
        raise OibError(f"{code} is not in the sample {sample}; it is in {', '.join(held)}")
    said, changed = [f"samples.csv: {code} taken out of {sample}"], [samples]
    under = Table(folder / "policies.csv")
    others = sorted({row["sample"] for row in samples.rows if row["city_code"] == code})
    rows = rows_under(under, code, policies)
    own = [row for row in rows if row["source"] == OWN and not others]
    if own:
        under.remove(lambda row: row in own)
        changed.append(under)
    said += [f"policies.csv: {code} taken out of {row['policy']}" for row in own]
    said += [still_treated(row, others) for row in rows if row not in own]
    write_tables(folder, changed)
    return said


def _sound(folder: Path, code: str, sample: str, samples: Table) -> None:
    if not re.fullmatch(r"[1-9]\d{5}", code):
        raise OibError(f"{code!r} is no six-digit code of GB/T 2260, as 320300")
    names = sorted({row["sample"] for row in samples.rows})
    if sample not in names:
        raise OibError(f"no sample {sample!r} in samples.csv; it has {', '.join(names)}")
    for row in Table(folder / "former_codes.csv").rows:
        if row["former_code"] == code:
            raise OibError(
                f"{code} is a former code (until {row['last_year']}) of {row['city_code']}: "
                "add that one"
            )


def _new_city(code: str, given: Mapping[str, str], cities: Table) -> Row:
    province = [row for row in cities.rows if row["city_code"][:2] == code[:2]]
    filled = dict.fromkeys(cities.columns, "")
    if province:
        shared = ("province_code", "province_zh", "province_en", "region")
        filled |= {name: province[0][name] for name in shared}
    filled |= {
        "kind": "prefecture-level city",
        "capital": "0",
        "has_districts": "1",
        "source": OWN,
    }
    filled |= {name: text for name, text in given.items() if name in cities.columns}
    filled["city_code"] = code
    filled["pinyin"] = filled["pinyin"] or re.sub(r"[^a-z]", "", filled["name_en"].lower())
    lacking = [name for name in (*NEEDED, "province_en") if not filled[name]]
    if lacking:
        options = ", ".join(f"--{name.replace('_', '-')}" for name in lacking)
        raise OibError(f"cities.csv has no city {code}: to add it, give {options}")
    same = [row["city_code"] for row in cities.rows if row["name_zh"] == filled["name_zh"]]
    if same:
        raise OibError(
            f"cities.csv has {filled['name_zh']} as {same[0]}: if it was recoded, change the code "
            "there and put the old one into former_codes.csv"
        )
    return filled


def _agrees(code: str, given: Mapping[str, str], known: Row) -> None:
    for name in sorted({*given} & {*known} - {"source"}):
        if known[name] != given[name]:
            raise OibError(
                f"cities.csv has {name} {known[name]!r} for {code}, not {given[name]!r}: "
                "if that is wrong, edit it there"
            )
