"""Workbooks, manifest, truth.yml."""

from __future__ import annotations

import argparse
import hashlib
import io
import re
import sys
import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd
import yaml
from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter

from oib_pipeline.registry.registry import Registry, load_registry
from oib_pipeline.synthetic.cities import POLICY, YEARS, printed_names
from oib_pipeline.synthetic.economy import Array
from oib_pipeline.synthetic.editions import Edition, editions, plans, tables
from oib_pipeline.synthetic.page import Page, build_page, printed_values
from oib_pipeline.synthetic.world import SEED, START, World, simulate, unwanted_values

STAMP = datetime(2026, 1, 1)  # openpyxl would write the clock
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
HIDDEN = "CNKI"


def workbook_bytes(pages: Sequence[Page], names: Sequence[str], hidden: bool) -> bytes:
    """A workbook with one sheet a page.

    Parameters
    ----------
    pages : sequence of Page
        In sheet order.
    names : sequence of str
        Sheet names, one a page.
    hidden : bool
        Whether a hidden sheet without figures comes last, as a download portal adds.
    """
    book = Workbook()
    book.remove(book.active)
    book.properties.creator = "oib_pipeline.synthetic"
    book.properties.created = STAMP
    wrap = Alignment(wrap_text=True, horizontal="center", vertical="center")
    for page, name in zip(pages, names, strict=True):
        sheet = book.create_sheet(name)
        for row in page.rows:
            sheet.append(row)
        for row in sheet.iter_rows():
            for cell in row:
                if isinstance(cell.value, str) and "\n" in cell.value:
                    cell.alignment = wrap
        for top, left, bottom, right in page.merges:
            sheet.merge_cells(None, top + 1, left + 1, bottom + 1, right + 1)
        for at in range(page.plan.width):
            sheet.column_dimensions[get_column_letter(at + 1)].width = 18
    if hidden:
        sheet = book.create_sheet(HIDDEN)
        sheet.append(["合成数据 synthetic"])
        sheet.sheet_state = "hidden"
    written = io.BytesIO()
    book.save(written)
    return _timeless(written.getvalue())


def _timeless(data: bytes) -> bytes:
    """The same archive with the clock taken out of its entries and its properties."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "docProps/core.xml":
                stamp = STAMP.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", stamp, content)
            fixed = zipfile.ZipInfo(entry.filename, ZIP_DATE)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            fixed.create_system = 3
            fixed.external_attr = 0o644 << 16
            new.writestr(fixed, content, compresslevel=9)
    return made.getvalue()


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
        "publisher": "synthetic (oib_pipeline.synthetic)",
        "series": "ccsy",
        "edition": edition.edition,
        "data_years": [edition.year, edition.year],
        "licence": "CC0-1.0",
        "source": "Simulated by oib_pipeline.synthetic; no figure in it is an official statistic",
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


GENERATOR_VERSION = 1


def truth_table(world: World) -> dict[str, object]:
    """Effects on the treated by scope and outcome: mean, by year, by region, by city.

    Means are over treated cities and 2014-2018 unless a year is named. At whole-city scope they
    follow from the districts': the counties of a city are untouched.
    """
    return {
        "generator": "oib_pipeline.synthetic",
        "generator_version": GENERATOR_VERSION,
        "seed": world.seed,
        "policy": POLICY,
        "first_policy_year": START,
        "last_year": int(YEARS[-1]),
        "treated_cities": int(world.cities["treated"].sum()),
        "definition": "outcome with the policy minus outcome without it, same city and year",
        "effects": {
            scope: {outcome: _effect(world.cities, path) for outcome, path in by_outcome.items()}
            for scope, by_outcome in world.effects.items()
        },
    }


def truth_yaml(world: World) -> bytes:
    """The same as a YAML file."""
    text = yaml.safe_dump(truth_table(world), sort_keys=False, allow_unicode=True)
    return (
        b"# Synthetic data: the true effects that data/raw/sample-ccsy-* carry.\n" + text.encode()
    )


def _effect(cities: pd.DataFrame, path: Array) -> dict[str, object]:
    treated = cities["treated"].to_numpy()
    after = YEARS >= START
    by_year = path[treated].mean(axis=0)
    by_city = pd.Series(path[:, after].mean(axis=1), index=cities["city_code"])[treated]
    by_region = by_city.groupby(cities["region"].to_numpy()[treated]).mean()
    return {
        "mean": _rounded(float(by_city.mean())),
        "by_year": {
            int(year): _rounded(by_year[i]) for i, year in enumerate(YEARS) if year >= START
        },
        "by_region": {str(region): _rounded(value) for region, value in by_region.items()},
        "by_city": {str(code): _rounded(value) for code, value in by_city.items()},
    }


def _rounded(value: float) -> float:
    return round(float(value), 6)


def sample_files(registry: Registry, seed: int = SEED) -> Iterator[tuple[str, bytes]]:
    """Every file of the sample, as (path under the raw folder, content), in a fixed order."""
    world = simulate(registry, seed)
    wanted, unwanted = printed_values(world), unwanted_values(world)
    values = {scope: wanted[scope] | unwanted[scope] for scope in wanted}
    for edition in editions():
        pages = build_pages(edition, world, values, registry)
        for name, content in release_files(edition, pages).items():
            yield f"{edition.release}/{name}", content
    yield "truth.yml", truth_yaml(world)


def write_releases(out: Path, registry: Registry, seed: int = SEED) -> list[Path]:
    """Write the sample below ``out``; the paths written.

    A workbook in a sample release's folder that the sample no longer has is removed.
    """
    written = []
    for name, content in sample_files(registry, seed):
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        written.append(path)
    for edition in editions():
        for stale in set((out / edition.release).glob("*.xlsx")) - set(written):
            stale.unlink()
    return written


def main(arguments: list[str] | None = None) -> int:
    """Command line: where to write, and whose registry to read."""
    parser = argparse.ArgumentParser(description="Write the synthetic sample releases.")
    parser.add_argument("--out", type=Path, default=Path("data/raw"), help="raw folder")
    parser.add_argument("--registry", type=Path, default=Path("data/registry"))
    parser.add_argument("--seed", type=int, default=SEED, help="another seed is another world")
    options = parser.parse_args(arguments)
    written = write_releases(options.out, load_registry(options.registry), options.seed)
    size = sum(path.stat().st_size for path in written)
    sys.stdout.write(f"{len(written)} files, {size / 1e6:.1f} MB, below {options.out}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
