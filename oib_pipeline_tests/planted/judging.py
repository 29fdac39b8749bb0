"""What becomes of a planted fault: refused, named to a person, or passed unnoticed."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from oib_pipeline.contract.errors import OibError
from oib_pipeline.extract import Release, extract_release
from oib_pipeline.indices import compute_indices
from oib_pipeline.panel import (
    Correction,
    apply_corrections,
    assemble,
    candidates,
    conflicts,
    findings,
    reconcile,
)
from oib_pipeline.quality.suites.observations import declared_years, years_alike
from oib_pipeline.registry.registry import Registry
from oib_pipeline.study import Study
from oib_pipeline_tests.planted.lines import against_checksum, told_as_revised
from oib_pipeline_tests.planted.page import Page

KEY = ["city_code", "year", "scope", "variable"]
PLACE = ["release", "file", "sheet", "cell"]
MANY = 6  # changed city-years from which naming half of them is naming the fault
BESIDE = 5  # years on both sides of a fault that the rules may look at: they reach three
SAME = 1e-9  # relative; the panel reads values that differ by less as one, spelt twice


@dataclass
class World:
    """Everything clean: what was read, and what is already said of it."""

    registry: Registry
    study: Study
    observations: pd.DataFrame
    releases: pd.DataFrame
    raw_findings: pd.DataFrame
    corrections: list[Correction]
    cities: frozenset[str]
    said: dict[tuple, pd.DataFrame] = field(default_factory=dict)


@dataclass(frozen=True)
class Fate:
    """``outcome`` of a fault born with its release: harmless, refused, named or unnoticed.

    ``how`` is by what, or what was changed. ``checksum`` is whether the manifest refuses the file
    where it was written before the fault came in; ``revised`` whether every value that changed
    is told where the release was loaded before, or the release refused.
    """

    outcome: str
    how: str
    checksum: bool = False
    revised: bool = False


def judge(world: World, page: Page, alone: bool) -> Fate:
    """The planted page read, reconciled and checked, held against what was said before."""
    with tempfile.TemporaryDirectory() as folder:
        release = page.save(Path(folder), alone)
        checksum = against_checksum(release, page)
        fate = _born(world, page, release, alone)
    return replace(fate, checksum=checksum, revised=fate.revised or fate.outcome == "refused")


def _born(world: World, page: Page, release: Release, alone: bool) -> Fate:
    """What becomes of the fault where it was in the file from the beginning."""
    try:
        read = extract_release(release, world.registry)
    except OibError as error:
        return Fate("refused", str(error)[:200])
    seen = plain(read.observations)
    mine = world.observations["release"] == page.release.release
    if alone:
        mine &= world.observations["file"] == page.file
    before, others = world.observations[mine], world.observations[~mine]
    changed = changes(before, seen)
    if changed.empty:
        return Fate("harmless", "")
    revised = told_as_revised(before, seen, changed)
    everything = pd.concat([others, seen], ignore_index=True)
    years = declared_years(seen, world.releases[world.releases["release"] == release.release])
    if (lost := years.frame["state"].eq("lost") & years.frame["file"].isin(seen["file"])).any():
        return Fate("refused", f"lost {years.frame[lost].iloc[0].to_dict()}")
    named = _named_raw(world, page, read.findings, changed)
    try:
        named |= _named_in_panel(world, everything, changed)
    except OibError as error:
        return Fate("refused", str(error)[:200])
    named |= _thin(before, seen, changed)
    pairs = set(zip(changed["city_code"], changed["year"], strict=True))
    share = len({pair for pair in pairs if pair in named}) / len(pairs)
    enough = share == 1 if len(pairs) < MANY else share >= 0.5
    told = changed.head(3)[[*KEY, "text", "text_new"]].to_numpy().tolist()
    how = f"{share:.0%} of {len(pairs)}: {told}"
    return Fate("named" if enough else "unnoticed", how, revised=revised)


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Categories as the text they stand for."""
    return frame.astype(dict.fromkeys(frame.select_dtypes("category").columns, "str"))


def changes(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Values that differ, are gone, or are new."""
    columns = [*KEY, "release", "value", "unit", "text", "file", "sheet", "cell"]
    both = before[columns].merge(
        after[columns], on=[*KEY, "release"], how="outer", suffixes=("", "_new")
    )
    apart = (both["value"] - both["value_new"]).abs()
    same = apart.le(SAME * both["value"].abs()) & both["unit"].eq(both["unit_new"])
    return both[~same]


def said_of(
    world: World, observations: pd.DataFrame, cities: frozenset[str], years: tuple[int, int]
) -> pd.DataFrame:
    """Findings and conflicts of some cities and years: city, year, and all that is said."""
    near = observations["year"].between(*years)
    rows = observations[near & observations["city_code"].isin(cities)]
    mine = [
        entry
        for entry in world.corrections
        if entry.city_code in cities and years[0] <= entry.year <= years[1]
    ]
    corrected = apply_corrections(rows, mine)
    sources = reconcile(candidates(corrected, world.releases, world.study), world.study.sources)
    odd = findings(sources, compute_indices(assemble(sources)))
    apart = conflicts(sources)
    apart = apart.assign(
        message=apart["place"] + " " + apart["value"].map(repr) + " " + apart["chosen_place"],
        rule="conflict",
    )
    columns = ["city_code", "year", "rule", "message"]
    return pd.concat([odd[columns], apart[columns]], ignore_index=True)


def _named_in_panel(
    world: World, everything: pd.DataFrame, changed: pd.DataFrame
) -> set[tuple[str, int]]:
    cities = world.cities | frozenset(changed["city_code"]) | _alike(everything, changed)
    years = (changed["year"].min() - BESIDE, changed["year"].max() + BESIDE)
    if (cities, years) not in world.said:
        world.said[cities, years] = said_of(world, world.observations, cities, years)
    said = world.said[cities, years]
    new = said_of(world, everything, cities, years).merge(said, how="left", indicator=True)
    new = new[new["_merge"] == "left_only"]
    named = set(zip(new["city_code"], new["year"], strict=True))
    messages = "\n".join(new["message"])
    for row in changed.itertuples():
        places = [(row.file, row.sheet, row.cell), (row.file_new, row.sheet_new, row.cell_new)]
        if any(_told(messages, *one) for one in places if pd.notna(one[0])):
            named.add((row.city_code, row.year))
    return named | _cut_short(new, changed)


def _alike(everything: pd.DataFrame, changed: pd.DataFrame) -> frozenset[str]:
    """Cities that print the values a fault put in: it may have been copied from their rows."""
    new = changed.dropna(subset=["value_new"])
    new = new.assign(file=new["file_new"], text=new["text_new"])
    columns = ["file", "year", "scope", "variable", "text"]
    rows = everything.merge(new[columns].drop_duplicates(), on=columns)
    times = rows["city_code"].value_counts()
    return frozenset(times[times > 1].index[:MANY])


def _told(messages: str, file: str, sheet: str, cell: str) -> bool:
    place = f"{file}{', sheet ' + sheet if sheet else ''}, {cell}"
    return any(place + end in messages for end in (")", " ", ",", ";"))


def _cut_short(new: pd.DataFrame, changed: pd.DataFrame) -> set[tuple[str, int]]:
    """Years of a city beyond the one in which its series is told to end, or to begin."""
    ends = new[new["rule"] == "series_ends"].groupby("city_code")["year"].min()
    begins = new[new["rule"] == "series_begins"].groupby("city_code")["year"].max()
    gone = changed[changed["value_new"].isna()]
    after = gone["year"] >= gone["city_code"].map(ends)
    before = gone["year"] <= gone["city_code"].map(begins)
    rows = gone[after | before]
    return set(zip(rows["city_code"], rows["year"], strict=True))


def _named_raw(
    world: World, page: Page, found: pd.DataFrame, changed: pd.DataFrame
) -> set[tuple[str, int]]:
    """City-years whose cell or name a new finding of the extraction tells."""
    keys = ["release", "file", "sheet", "cell", "found"]
    new = found[found["severity"] == "warning"].merge(
        world.raw_findings[keys], on=keys, how="left", indicator=True
    )
    new = new[new["_merge"] == "left_only"]
    cells = set(zip(new["file"], new["cell"], strict=True))
    names = world.registry.cities.set_index("city_code")["name_zh"]
    text = "\n".join(new["found"])
    return {
        (row.city_code, row.year)
        for row in changed.itertuples()
        if (row.file_new, row.cell_new) in cells
        or names[row.city_code] in text
        or f"no {row.variable} ({row.scope}) at all" in text
    }


def _thin(before: pd.DataFrame, after: pd.DataFrame, changed: pd.DataFrame) -> set[tuple[str, int]]:
    """City-years of a file's year that is newly told to be thin."""
    told = [
        set(view.loc[view["thin_years"].notna(), "thin_years"])
        for view in (years_alike(before).frame, years_alike(after).frame)
    ]
    text = " ".join(told[1] - told[0])
    years = {year for year in changed["year"].unique() if str(year) in text}
    rows = changed[changed["year"].isin(years)]
    return set(zip(rows["city_code"], rows["year"], strict=True))
