"""What the registry knows of a city: names, place, sample, policies, borders, notes."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.contract.counting import plural
from oib_pipeline.contract.policies import DEMONSTRATION
from oib_pipeline.profiles.inputs import ProfileInputs
from oib_pipeline.report.blocks import Block, Facts, Part, Text
from oib_pipeline.report.numbers import month, years
from oib_pipeline.report.text import listing


def known(inputs: ProfileInputs, code: str) -> list[Block]:
    """Facts, policies and case notes of a city."""
    row = inputs.known(code)
    facts = [
        ("Name", f"{row['name_en']}, {row['name_zh']} ({row['pinyin']})"),
        ("Code", f"{code} (GB/T 2260)"),
        ("Province", f"{row['province_en']}, {row['province_zh']}"),
        ("Region", str(row["region"])),
        ("Kind", _kind(row)),
        *_sample(inputs, code),
        *_names(inputs, code),
        *_borders(inputs, code),
        ("Coordinates", _coordinates(row)),
        ("Source", str(row["source"])),
    ]
    return [
        Facts(tuple(facts)),
        Part("policies", "Policies"),
        *_policies(inputs, code),
        *_notes(inputs, code),
    ]


def _kind(row: dict) -> str:
    kind = str(row["kind"])
    return f"{kind}, provincial capital" if row["capital"] == 1 and "municip" not in kind else kind


def _coordinates(row: dict) -> str:
    if pd.isna(row["lon"]) or pd.isna(row["lat"]):
        return "not known"
    return f"{row['lat']:.2f}° N, {row['lon']:.2f}° E"


def _sample(inputs: ProfileInputs, code: str) -> list[tuple[str, str]]:
    samples = inputs.report.registry.samples
    own = samples[
        (samples["sample"] == inputs.report.study.sample) & (samples["city_code"] == code)
    ].iloc[0]
    named = f", {own['named_district_zh']}" if own["named_district_zh"] else ""
    return [
        ("In the sample as", f"{own['unit_kind']}{named}"),
        ("Membership", f"{own['membership']} ({own['source']})"),
    ]


def _names(inputs: ProfileInputs, code: str) -> list[tuple[str, str]]:
    spelt = inputs.report.registry.names.spellings
    own = spelt[spelt["city_code"] == code]
    said = [
        f"{row['name']} ({row['kind']}{_until(row['last_year'])})" for row in own.to_dict("records")
    ]
    return [("Other names", listing(said))] if said else []


def _until(year: float) -> str:
    return "" if pd.isna(year) else f", until {int(year)}"


def _borders(inputs: ProfileInputs, code: str) -> list[tuple[str, str]]:
    borders = inputs.report.registry.borders
    own = borders[borders["city_code"] == code]
    if own.empty:
        return [("Borders of districts", "no change known")]
    said = years([int(year) for year in own["year"]])
    source = listing(sorted(set(own["source"].astype(str))))
    return [("Borders of districts", f"changed in {said} ({source})")]


def _policies(inputs: ProfileInputs, code: str) -> list[Block]:
    registry = inputs.report.registry
    shown = (inputs.report.study.policy, DEMONSTRATION)
    own = registry.policies
    own = own[(own["city_code"] == code) & own["policy"].isin(shown)]
    own = own.merge(registry.documents, on="document", suffixes=("", "_of_document"))
    if own.empty:
        others = (
            "" if inputs.report.study.policy == DEMONSTRATION else ", and no demonstration area"
        )
        return [Text(f"It is not under the policy of this study{others}.")]
    rows = own.sort_values(["start_year", "policy"]).to_dict("records")
    return [Facts(tuple((str(row["policy"]).replace("_", " "), _document(row)) for row in rows))]


def _document(row: dict) -> str:
    return (
        f"from {int(row['start_year'])}; {row['title']}, {row['issuer']}, "
        f"{month(str(row['date']))}{_number(row)} ({row['source']})"
    )


def _number(row: dict) -> str:
    return f", {row['number']}" if row["number"] else ""


def _notes(inputs: ProfileInputs, code: str) -> list[Block]:
    own = [note for note in inputs.notes if note.city_code == code]
    if not own:
        return []
    blocks: list[Block] = [
        Part("notes", "What has been written about it"),
        Text(
            f"{plural(len(own), 'note')}, in our own words. None of it is a finding of this study."
        ),
    ]
    for note in own:
        blocks.append(Text(f"{note.place}. {note.text} Source: {note.source}."))
    return blocks
