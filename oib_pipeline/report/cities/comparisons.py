"""Registry facts, counterparts and their figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from oib_pipeline.contract.counting import plural
from oib_pipeline.contract.policies import DEMONSTRATION
from oib_pipeline.estimation import SyntheticControl, synthetic_control, synthetic_placebos
from oib_pipeline.registry.registry import CaseNote
from oib_pipeline.report.document.blocks import Block, Facts, Figure, Part, Text
from oib_pipeline.report.document.format_numbers import month, number, years
from oib_pipeline.report.document.labels import capital, label, listing
from oib_pipeline.report.document.treated import Called
from oib_pipeline.report.figures.style import (
    BLUE,
    GREEN,
    GREY,
    PURPLE,
    TREATED,
    picture,
    policy_line,
    sheet,
)
from oib_pipeline.report.inputs import ReportInputs, pairs
from oib_pipeline.report.text.catalogue import text


@dataclass(frozen=True)
class ProfileInputs:
    """Everything a profile reads.

    Parameters
    ----------
    report
        Inputs of the study's report; ``sources`` are whole rows of ``core_sources``.
    indices
        ``core_indices`` of the sample, scope and years.
    notes
        What has been written about single cities.
    """

    report: ReportInputs
    indices: pd.DataFrame
    notes: tuple[CaseNote, ...] = ()

    @property
    def cities(self) -> list[str]:
        """Codes of the study's sample, sorted."""
        return self.report.registry.sample(self.report.study.sample)

    @property
    def names(self) -> list[str]:
        """Outcomes, and controls that the study kept."""
        return [*self.report.study.outcomes, *self.report.controls]

    def known(self, code: str) -> dict[str, Any]:
        """The registry's row of a city."""
        cities = self.report.registry.cities
        return dict(cities[cities["city_code"] == code].iloc[0])

    def start(self, code: str) -> int | None:
        """First year of the study's policy in a city; None where it is no pilot."""
        policy = self.report.registry.policy(self.report.study.policy)
        own = policy.loc[policy["city_code"] == code, "start_year"]
        return None if own.empty else int(own.iloc[0])


def registry_facts(inputs: ProfileInputs, code: str) -> list[Block]:
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
        Part("policies", text("part.profile.policies")),
        *_policies(inputs, code),
        *_case_notes(inputs, code),
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


def _case_notes(inputs: ProfileInputs, code: str) -> list[Block]:
    own = [note for note in inputs.notes if note.city_code == code]
    if not own:
        return []
    blocks: list[Block] = [
        Part("notes", text("part.profile.notes")),
        Text(
            f"{plural(len(own), 'note')}, in our own words. None of it is a finding of this study."
        ),
    ]
    for note in own:
        blocks.append(Text(f"{note.place}. {note.text} Source: {note.source}."))
    return blocks


@dataclass(frozen=True)
class Comparison:
    """One outcome of one city and its counterparts, each a series by year (None where none)."""

    outcome: str
    own: pd.Series = field(repr=False)
    region: pd.Series = field(repr=False)
    matched: pd.Series | None = field(default=None, repr=False)
    pilots: pd.Series | None = field(default=None, repr=False)
    synthetic: SyntheticControl | None = field(default=None, repr=False)
    reason: str = ""
    as_large: int = 0
    of: int = 0


class Comparisons:
    """Comparisons of a study's cities; what they share is computed once."""

    def __init__(self, inputs: ProfileInputs) -> None:
        self.inputs = inputs
        self.panel = inputs.report.panel

    @cached_property
    def cities(self) -> pd.DataFrame:
        """City, region and treated of each city of the panel, by code."""
        columns = ["city_code", "city", "province", "region", "treated"]
        return self.panel[columns].drop_duplicates("city_code").set_index("city_code")

    @cached_property
    def matches(self) -> dict[str, pd.DataFrame]:
        """Pilots with their nearest neighbours, by outcome."""
        study, scores = self.inputs.report.study, self.inputs.report.frame("scores")
        return {outcome: pairs(scores, study, outcome) for outcome in study.outcomes}

    @cached_property
    def _wide(self) -> dict[str, pd.DataFrame]:
        outcomes = self.inputs.report.study.outcomes
        return {
            name: self.panel.pivot_table(
                index="year", columns="city_code", values=name, dropna=False
            )
            for name in outcomes
        }

    @cached_property
    def _placebos(self) -> dict[tuple[str, int], pd.DataFrame]:
        return {}

    def of(self, code: str, outcome: str) -> Comparison:
        """One city's outcome beside the others'."""
        wide = self._wide[outcome]
        here = self.cities.loc[code]
        others = self.cities.index.difference([code])
        near = others[self.cities.loc[others, "region"] == here["region"]]
        own = wide[code] if code in wide else pd.Series(np.nan, index=wide.index)
        known = {"outcome": outcome, "own": own, "region": self._mean(wide, near)}
        start = self.inputs.start(code)
        if start is None:
            pilots = self.cities.index[self.cities["treated"] == 1]
            return Comparison(**known, pilots=self._mean(wide, pilots))
        mine = self.matches[outcome].query("pilot == @code")
        matched = self._mean(wide, mine["control"]) if len(mine) else None
        return self._synthetic(code, start, Comparison(**known, matched=matched))

    def _synthetic(self, code: str, start: int, made: Comparison) -> Comparison:
        try:
            fit = synthetic_control(
                self.panel,
                outcome=made.outcome,
                unit="city_code",
                time="year",
                treated=code,
                start=start,
                donors=self._donors,
            )
        except ValueError as error:
            return replace(made, reason=str(error))
        others = self._shared_placebos(made.outcome, start)
        large = int((others["effect"].abs() >= abs(fit.effect)).sum())
        return replace(made, synthetic=fit, as_large=large, of=len(others))

    @cached_property
    def _donors(self) -> Sequence[str]:
        return sorted(self.cities.index[self.cities["treated"] == 0])

    def _shared_placebos(self, outcome: str, start: int) -> pd.DataFrame:
        key = (outcome, start)
        if key not in self._placebos:
            self._placebos[key] = synthetic_placebos(
                self.panel,
                outcome=outcome,
                unit="city_code",
                time="year",
                start=start,
                donors=self._donors,
            )
        return self._placebos[key]

    @staticmethod
    def _mean(wide: pd.DataFrame, codes: pd.Index | pd.Series) -> pd.Series:
        return wide[[code for code in codes if code in wide]].mean(axis=1)


Line = tuple[str, pd.Series, dict[str, Any]]


def paths_figure(
    made: Sequence[Comparison],
    city: str,
    region: str,
    called: Called,
    start: int | None,
    *,
    synthetic: bool,
) -> Figure:
    """A panel for each outcome, a line for the city and for each counterpart it has."""
    with sheet(
        3.1,
        left=0.55,
        top=0.32,
        bottom=0.86,
        columns=len(made),
        gap=0.62,
        squeeze=False,
    ) as (figure, grid):
        for axes, one in zip(grid.flat, made, strict=True):
            _panel(axes, one, city, region, called, start)
        handles, names = _legend(grid.flat)
        figure.legend(handles, names, loc="lower left", ncols=2, bbox_to_anchor=(0.005, -0.01))
        return picture(
            figure,
            "paths",
            f"{city} and its counterparts through time",
            " ".join(_words(one, city, region, called) for one in made),
            notes=_figure_notes(made, called, start),
            synthetic=synthetic,
            raster=False,
        )


def lines(made: Comparison, city: str, region: str, called: Called) -> list[Line]:
    """The lines of one panel: name, values by year, look."""
    found: list[Line] = [
        (f"Other cities of the sample, {region}", made.region, {"color": GREY, "ls": (0, (1, 1.4))})
    ]
    if made.pilots is not None:
        group = called.city if called.count == 1 else called.cities
        found.append((capital(group), made.pilots, {"color": PURPLE, "ls": (0, (5, 2))}))
    if made.matched is not None:
        found.append(("Matched cities", made.matched, {"color": BLUE, "ls": (0, (5, 2))}))
    if made.synthetic is not None:
        path = made.synthetic.synthetic
        found.append(("Synthetic control", path, {"color": GREEN, "ls": (0, (3, 1, 1, 1))}))
    look = {"color": TREATED, "marker": "o", "markersize": 4, "lw": 2.2, "zorder": 3}
    return [*found, (city, made.own, look)]


def _panel(
    axes: Any, made: Comparison, city: str, region: str, called: Called, start: int | None
) -> None:
    axes.grid(axis="y")
    for name, path, look in lines(made, city, region, called):
        axes.plot(path.index, path.to_numpy(), label=name, **({"lw": 1.6} | look))
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.14 * (high - low))
    if start is not None:
        policy_line(axes, start, f"policy, {start}")
    years = [int(year) for year in made.own.index]
    axes.set_xticks(years[:: 1 if len(years) <= 6 else 2])
    axes.set_title(label(made.outcome).short)


def _legend(panels: Any) -> tuple[list[Any], list[str]]:
    """Each line once, the city first, whichever panel has it."""
    found: dict[str, Any] = {}
    for axes in panels:
        for handle, name in zip(*axes.get_legend_handles_labels(), strict=True):
            found.setdefault(name, handle)
    names = list(found)[::-1]
    return [found[name] for name in names], names


def _words(made: Comparison, city: str, region: str, called: Called) -> str:
    said = [
        f"{name} from {number(known.iloc[0])} in {known.index[0]} to {number(known.iloc[-1])} in "
        f"{known.index[-1]}"
        for name, path, _ in lines(made, city, region, called)[::-1]
        if len(known := path.dropna())
    ]
    return f"Lines of {label(made.outcome).short} by year: {'; '.join(said)}."


def _figure_notes(made: Sequence[Comparison], called: Called, start: int | None) -> tuple[str, ...]:
    notes = ["Values as the study uses them, after repairs; means of the other cities."]
    if start is not None and any(one.synthetic is not None for one in made):
        notes.append(
            f"The synthetic control is a weighted mean of cities that {called.never}, chosen to "
            f"follow the city before {start}."
        )
    return tuple(notes)
