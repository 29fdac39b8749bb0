"""Three studies unlike the sample's: other policies, outcomes, samples, and rows of their own."""

from __future__ import annotations

import csv
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from small_project import STUDY, Project, write_yaml

COMMON = {
    **STUDY,
    "years": [2012, 2015],
    "results": [
        "descriptive", "baseline", "event_study", "dynamic", "psm_did", "placebo", "regional",
        "robustness", "inference",
    ],
    "placebo": {"draws": 19, "seed": 1},
}  # fmt: skip
STUDIES: dict[str, dict[str, Any]] = {
    "wealth": {
        "title": "Income where trade is freer",
        "policy": "export_zones",
        "sample": "everywhere",
        "outcomes": ["ln_gdp_per_capita"],
        "controls": [],
    },
    "roads": {
        "title": "Streets beside a new ring",
        "policy": "ring_road",
        "sample": "coast",
        "outcomes": ["road_area_per_capita"],
        "controls": ["population_density"],
    },
    "balance": {
        "title": "Work and output out of step",
        "policy": "tax_rebate",
        "sample": "coast",
        "scope": "whole_city",
        "outcomes": ["theil"],
        "controls": ["population_density", "ln_gdp_per_capita"],
        "words": {"treated": "grantee", "policy": "rebates of tax", "aims": {"theil": "lower"}},
    },
}
DOCUMENTS = (
    "export_plan,2013-12,Decision on zones of export,Customs,,opens them,yes,\n"
    "export_later,2015-02,Another on zones of export,Customs,,widens them,yes,export_zones\n"
    "ring_plan,2013-11,Plan of an outer ring,Ministry of Transport,,starts the ring,yes,\n"
    "rebate_rules,2014,Rules on a rebate,Tax Administration,,lowers the tax,yes,tax_rebate\n"
)
# Words of one study that no other may have; those of the relocation study none of these three.
OWN = {
    "wealth": ["trade is freer", "zones of export", "Customs", "ln GDP"],
    "roads": ["new ring", "outer ring", "Ministry of Transport"],
    "balance": ["out of step", "rebate", "Tax Administration", "grantee", "Theil"],
}
RELOCATION = [
    "relocation and", "old industrial", "industrial structure", "the paper", "the paper’s",
    "Lin et al", "pilot", "AIS", "State Council",
]  # fmt: skip


def add_studies(project: Project) -> None:
    """Files and registry rows of the three, beside what is there."""
    folder = project.data / "registry"
    rows = _rows(folder / "samples.csv")
    regions = {row["city_code"]: row["region"] for row in _rows(folder / "cities.csv")}
    whole = [row["city_code"] for row in rows]
    coast = [row for row in rows if regions[row["city_code"]] in ("East", "Northeast")]
    codes = [row["city_code"] for row in coast]
    with (folder / "samples.csv").open("a", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, rows[0], lineterminator="\n")
        own = {"membership": "taken in", "source": "made up"}
        writer.writerows(row | own | {"sample": "everywhere"} for row in rows)
        writer.writerows(row | own | {"sample": "coast"} for row in coast)
    treated = (
        ("export_zones", whole[3::9], "export_plan"),
        ("ring_road", codes[5:6], "ring_plan"),
        ("tax_rebate", codes[2::6], "rebate_rules"),
    )
    with (folder / "policies.csv").open("a", encoding="utf-8") as handle:
        for policy, cities, document in treated:
            handle.writelines(f"{policy},{code},2014,{document},made up\n" for code in cities)
    with (folder / "documents.csv").open("a", encoding="utf-8") as handle:
        handle.write(DOCUMENTS)
    for name, fields in STUDIES.items():
        write_yaml(project.data / "studies" / f"{name}.yml", {**COMMON, **fields, "name": name})


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


class Words(HTMLParser):
    """What a person reads or hears on a page, by section: text and the words of its drawings."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sections: dict[str, list[str]] = {"": []}
        self._section, self._hidden = "", 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "section" and "id" in given:
            self._section = str(given["id"])
            self.sections[self._section] = []
        self._hidden += tag in ("style", "script", "svg")
        self.sections[self._section].append(str(given.get("aria-label") or ""))

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in ("style", "script", "svg")
        self.sections[self._section].append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.sections[self._section].append(data)

    def text(self, *without: str) -> str:
        """The page's words, some sections left out."""
        return "".join(
            "".join(parts) for name, parts in self.sections.items() if name not in without
        )


def literals(source: str) -> str:
    """The texts of a Typst source, files of drawings aside."""
    found = re.findall(r'"((?:[^"\\]|\\.)*)"', source)
    return "\n".join(text for text in found if not text.startswith("figures/"))
