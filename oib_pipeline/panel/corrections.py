"""Documented corrections of publishers' errors, each guarded by the value it expects.

Also which city-years of an output rest on a figure that a correction changed or removed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from oib_pipeline.contract.errors import OibError
from oib_pipeline.contract.variables import variables
from oib_pipeline.indices.table import formulas_of
from oib_pipeline.registry.registry import Registry

YEAR = ["city_code", "year"]
CLOSE = 1e-6  # relative; what a person copies from a cell, against the number stored there


class Correction(BaseModel):
    """One wrong figure: where it is, what is printed, what to use instead and why.

    ``expect`` and ``use`` are in the unit the source states.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    release: str
    city_code: str = ""
    name: str = ""
    year: int
    scope: Literal["whole_city", "districts"]
    variable: str
    expect: float
    use: float | Literal["missing"]
    reason: str
    reference: str

    @model_validator(mode="after")
    def _known(self) -> Correction:
        if self.variable not in variables():
            raise ValueError(f"variable {self.variable!r} is not in contract/variables.csv")
        if bool(self.city_code) == bool(self.name):
            raise ValueError("give one of city_code and name")
        return self

    @property
    def where(self) -> str:
        """The figure in words."""
        return f"{self.release}: {self.variable} of {self.city_code} in {self.year}, {self.scope}"

    @property
    def note(self) -> str:
        """What the panel carries beside the corrected value."""
        used = "taken out" if self.use == "missing" else f"used {self.use:g} instead"
        return f"{self.expect:g} {used}: {self.reason} ({self.reference})"


def read_corrections(path: Path, registry: Registry) -> list[Correction]:
    """Every correction of the file, its city resolved to a code.

    Raises
    ------
    OibError
        Naming the file and the entry (counted from 1) that is not well formed.
    """
    import yaml

    if not path.is_file():
        raise OibError(f"{path} is missing: it lists corrections; `[]` says there are none")
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    except yaml.YAMLError as error:
        raise OibError(f"{path} is not YAML: {error}") from error
    if not isinstance(entries, list):
        raise OibError(f"{path} must be a list, each entry beginning `- release:`")
    return [_entry(path, number, entry, registry) for number, entry in enumerate(entries, start=1)]


def _entry(path: Path, number: int, entry: object, registry: Registry) -> Correction:
    try:
        correction = Correction.model_validate(entry)
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, item['loc'])) or 'entry'}: {item['msg']}"
            for item in error.errors()
        )
        raise OibError(f"{path}, entry {number}: {faults}") from error
    code = correction.city_code or registry.resolve(correction.name, correction.year)
    if not code or code not in set(registry.cities["city_code"]):
        raise OibError(
            f"{path}, entry {number}: no city {correction.name or code!r} in {correction.year}; "
            f"the nearest known are {', '.join(registry.nearest(correction.name)) or 'none'}"
        )
    return correction.model_copy(update={"city_code": code})


def apply_corrections(observations: pd.DataFrame, corrections: list[Correction]) -> pd.DataFrame:
    """The observations with corrected values and a ``correction`` column (None elsewhere).

    A correction of a release that is not among the observations is not applied. The text as
    printed is unchanged.

    Parameters
    ----------
    observations
        Rows of ``raw_observations``, whole releases.

    Raises
    ------
    OibError
        Naming each correction whose ``expect`` no longer holds: the source changed, and the
        correction has to be looked at again.
    """
    result = observations.assign(
        value=observations["value"].astype("float64"),
        correction=pd.Series(None, index=observations.index, dtype="object"),
    )
    here = set(observations["release"].unique())
    mine = [entry for entry in corrections if entry.release in here]
    near = _near(observations, mine)
    broken = []
    for correction in mine:
        found = _rows(near, correction)
        fits = found[[math.isclose(v, correction.expect, rel_tol=CLOSE) for v in found["value"]]]
        if fits.empty:
            broken.append(_broken(correction, found))
        used = float("nan") if correction.use == "missing" else correction.use
        result.loc[fits.index, "value"] = used
        result.loc[fits.index, "correction"] = correction.note
    if broken:
        raise OibError("\n".join(["corrections that no longer hold:", *broken]))
    return result


def _near(observations: pd.DataFrame, corrections: list[Correction]) -> pd.DataFrame:
    """The few rows of the cities and variables concerned, so that each is found quickly."""
    if not corrections:
        return observations.iloc[:0]
    rows = observations[observations["city_code"].isin({entry.city_code for entry in corrections})]
    return rows[rows["variable"].isin({entry.variable for entry in corrections})]


def _rows(observations: pd.DataFrame, correction: Correction) -> pd.DataFrame:
    return observations[
        (observations["release"] == correction.release)
        & (observations["city_code"] == correction.city_code)
        & (observations["year"] == correction.year)
        & (observations["scope"] == correction.scope)
        & (observations["variable"] == correction.variable)
    ]


def _broken(correction: Correction, found: pd.DataFrame) -> str:
    values = [
        f"{row.text} in {row.file}, sheet {row.sheet!r}, {row.cell}" for row in found.itertuples()
    ]
    return (
        f"  - {correction.where}: expected {correction.expect:g}, found "
        f"{'; '.join(values) or 'no value'}. Look at the source, then change or remove the entry "
        "in corrections.yml"
    )


def corrected_outputs(sources: pd.DataFrame, outputs: Sequence[str]) -> dict[str, pd.MultiIndex]:
    """City-years (code, year) of each output that a correction reaches.

    A correction reaches an output when the figure chosen for one of its inputs was corrected, or
    when a correction removed the figure that would have been preferred.

    Parameters
    ----------
    sources
        Rows of ``core_sources`` of one precedence and scope.
    """
    empty = pd.MultiIndex.from_arrays([[], []], names=YEAR)
    if "correction" not in sources.columns:
        return dict.fromkeys(outputs, empty)
    reached = sources["correction"].notna()
    touched = sources[reached & (sources["chosen"].astype(bool) | sources["value"].isna())]
    chosen = sources.loc[sources["chosen"].astype(bool), [*YEAR, "variable"]]
    return {name: _reached(name, touched, chosen) for name in outputs}


def _reached(output: str, touched: pd.DataFrame, chosen: pd.DataFrame) -> pd.MultiIndex:
    """Touched inputs of the way used, or of one preferred to it, in each part."""
    found = [pd.MultiIndex.from_frame(touched.iloc[:0][YEAR])]
    ways = formulas_of(output)
    for part in sorted({way.part for way in ways}):
        resolved = pd.MultiIndex.from_frame(touched.iloc[:0][YEAR])
        for way in (way for way in ways if way.part == part):
            rows = touched[touched["variable"].isin(way.inputs)]
            here = pd.MultiIndex.from_frame(rows[YEAR]).unique()
            found.append(here[~here.isin(resolved)])
            counts = chosen[chosen["variable"].isin(way.inputs)].groupby(YEAR).size()
            resolved = resolved.union(counts[counts == len(way.inputs)].index)
    union = found[0]
    for index in found[1:]:
        union = union.union(index)
    return union.unique()
