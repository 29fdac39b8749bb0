"""The index of a study's cities: found by name, pinyin or code, with or without JavaScript."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from oib_pipeline.report.document import Document
from oib_pipeline.report.html import rendered
from oib_pipeline.report.inputs import ReportInputs

FOLDER, INDEX = "cities", "index.html"
BANNER = "Synthetic data with known true effects: a demonstration, no evidence about real cities."


def cities_page(inputs: ReportInputs, made: Collection[str]) -> str:
    """The index as HTML; cities in ``made`` have a profile ``<code>.html`` beside it."""
    document = Document(
        title="Cities of the study",
        subtitle=inputs.study.title,
        sections=(),
        banner=BANNER if inputs.synthetic else "",
        dated=inputs.dated,
        files=(("The report", "../index.html"),),
    )
    regions = list(_regions(inputs, made))
    total = sum(len(cities) for _, cities in regions)
    lacking = total - sum(city["made"] for _, cities in regions for city in cities)
    return rendered(
        "cities.html.j2",
        document,
        regions=regions,
        total=total,
        lacking=lacking,
        study=inputs.study.name,
        called=inputs.called,
    )


def listed(code: str) -> str:
    """Where the index lists a city, whether or not it has a profile; from beside the index."""
    return f"{INDEX}#c{code}"


def _regions(
    inputs: ReportInputs, made: Collection[str]
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Each region with its cities, by province and name."""
    policy = inputs.registry.policy(inputs.study.policy).set_index("city_code")["start_year"]
    cities = inputs.registry.cities
    own = cities[cities["city_code"].isin(inputs.registry.sample(inputs.study.sample))]
    ordered = own.sort_values(["region", "province_en", "name_en", "city_code"], kind="stable")
    for region, part in ordered.groupby("region", sort=True):
        yield str(region), [_city(row, policy, made) for row in part.to_dict("records")]


def _city(row: dict[str, Any], policy: Any, made: Collection[str]) -> dict[str, Any]:
    code = row["city_code"]
    names = (row["name_en"], row["name_zh"], row["pinyin"], code, row["province_en"])
    return {
        "code": code,
        "name": row["name_en"],
        "chinese": row["name_zh"],
        "province": row["province_en"],
        "since": int(policy[code]) if code in policy.index else 0,
        "made": code in made,
        "search": " ".join(str(name).lower() for name in (*names, row["province_zh"])),
    }
