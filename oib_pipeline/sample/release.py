"""One edition of the sample as files: its workbooks and the manifest beside them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import yaml

from oib_pipeline.registry import Registry
from oib_pipeline.sample.catalogue import tables
from oib_pipeline.sample.cities import YEARS, printed_names
from oib_pipeline.sample.editions import Edition
from oib_pipeline.sample.latent import World
from oib_pipeline.sample.page import Page, build_page
from oib_pipeline.sample.plan import plans
from oib_pipeline.sample.process import Array
from oib_pipeline.sample.workbook import workbook_bytes

RETRIEVED = "2026-11-01"


def build_pages(
    edition: Edition, world: World, values: dict[str, dict[str, Array]], registry: Registry
) -> list[Page]:
    """Every table of an edition; ``values`` as printed, (N, T) by scope and column."""
    at = int(edition.year - YEARS[0])
    cities = world.cities.assign(**printed_names(world.cities, registry, edition.year))
    printed = (cities["first_year"] <= edition.year) & (cities["last_year"] >= edition.year)
    here = {
        scope: {name: path[printed.to_numpy(), at] for name, path in by_name.items()}
        for scope, by_name in values.items()
    }
    return [build_page(plan, cities[printed], here) for plan in plans(edition)]


def release_files(edition: Edition, pages: Sequence[Page]) -> dict[str, bytes]:
    """Workbooks of an edition by file name, and ``release.yml`` with their checksums."""
    books: dict[str, list[Page]] = {}
    for page in pages:
        books.setdefault(_file_name(edition, page), []).append(page)
    made = {
        name: workbook_bytes(
            own, [_sheet_name(edition, p, i) for i, p in enumerate(own)], edition.hidden_sheet
        )
        for name, own in books.items()
    }
    manifest = {
        "release": edition.release,
        "publisher": "synthetic (oib_pipeline.sample)",
        "series": "ccsy",
        "edition": edition.edition,
        "data_years": [edition.year, edition.year],
        "licence": "CC0-1.0",
        "source": "Simulated by oib_pipeline.sample; no figure in it is an official statistic",
        "retrieved": RETRIEVED,
        "synthetic": True,
        "files": {name: hashlib.sha256(made[name]).hexdigest() for name in sorted(made)},
    }
    text = yaml.safe_dump(manifest, allow_unicode=True, sort_keys=False, width=100)
    return made | {"release.yml": text.encode()}


def _file_name(edition: Edition, page: Page) -> str:
    if edition.files == "chapter":
        return f"{tables()[page.plan.table].chapter}.xlsx"
    if edition.files == "coded":
        return f"{edition.edition}-{page.plan.label}.xlsx"
    return f"{page.plan.label} {page.plan.title_zh}.xlsx"


def _sheet_name(edition: Edition, page: Page, place: int) -> str:
    styles = {
        "number": page.plan.label,
        "full_width": page.plan.label.replace("-", "－"),
        "same": "1-7",
        "numbered": f"Sheet{place + 1}",
    }
    return styles[edition.sheets]
