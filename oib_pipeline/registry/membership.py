"""A city added to a sample, with all the registry needs of it, or taken out again."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from oib_pipeline.contract.errors import OibError
from oib_pipeline.registry.editing import COMMAND, HAND, OWN, Row, Table, write_tables
from oib_pipeline.registry.under_policies import known_already, row_to_add, rows_under, stays

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
    return [*said, *map(known_already, already)]


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
    said += [stays(row, others) for row in rows if row not in own]
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
