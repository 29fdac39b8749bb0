"""The expected city-years of a study and their values."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from oib_pipeline.contract.errors import OibError
from oib_pipeline.contract.policies import DEMONSTRATION
from oib_pipeline.indices.table import needs
from oib_pipeline.panel.corrections import corrected_outputs
from oib_pipeline.panel.findings.doubts import doubts, spread
from oib_pipeline.panel.outliers_and_gaps import INTERPOLATED, repair
from oib_pipeline.registry.registry import Registry
from oib_pipeline.study import Study

COLUMNS = [
    "study",
    "city_code",
    "year",
    "city",
    "province",
    "region",
    "treated",
    "post",
    "did",
    "event_time",
    "capital",
    "border_change",
    "demonstration",
]


def expected_city_years(study: Study, registry: Registry) -> pd.DataFrame:
    """Every expected city-year of a study: sample x years, less what the study excludes.

    ``event_time`` counts from the one start year of the cities under the policy, with or without
    it. An exclusion takes out the whole city when its mark stands in any year of the study: a
    border change or a second policy does not pass when its year does.

    Raises
    ------
    OibError
        Naming the study, where it does not fit the registry: a sample or policy that is not
        there, no city under the policy or none left to compare with, several start years, or no
        year of the study before the start or from it on.
    """
    try:
        return _design(study, registry)
    except OibError as error:
        raise OibError(f"study {study.name!r}: {error}") from error


def _design(study: Study, registry: Registry) -> pd.DataFrame:
    cities = _cities(study, registry)
    frame = cities.merge(pd.DataFrame({"year": study.year_list}), how="cross")
    frame.insert(0, "study", study.name)
    policy = registry.policy(study.policy).set_index("city_code")["start_year"].astype("int64")
    frame["treated"] = frame["city_code"].isin(policy.index).astype("int64")
    frame["border_change"] = _border_change(frame, registry)
    frame["demonstration"] = _demonstration(frame, registry)
    kept = _without(frame, study)
    treated = kept.loc[kept["treated"] == 1, "city_code"].unique()
    start = _one_start(study, policy.loc[treated])
    kept = kept.assign(event_time=kept["year"] - start)
    kept["post"] = (kept["event_time"] >= 0).astype("int64")
    kept["did"] = kept["treated"] * kept["post"]
    return kept[COLUMNS].sort_values(["city_code", "year"], ignore_index=True)


def _cities(study: Study, registry: Registry) -> pd.DataFrame:
    codes = registry.sample(study.sample)
    columns = {"name_en": "city", "province_en": "province"}
    known = registry.cities.set_index("city_code").rename(columns=columns)
    cities = known.loc[codes, ["city", "province", "region", "capital"]].reset_index()
    return cities.assign(capital=cities["capital"].fillna(0).astype("int64"))


def _one_start(study: Study, starts: pd.Series) -> int:
    """The start year that all treated cities of a study share, inside its years."""
    counts = starts.value_counts().sort_index()
    if len(counts) > 1:
        told = [f"{year} ({n} {'city' if n == 1 else 'cities'})" for year, n in counts.items()]
        raise OibError(
            f"the policy {study.policy!r} starts in {len(counts)} different "
            f"years in the sample {study.sample!r}: {', '.join(told)}. No estimator here fits "
            "that: each takes one start year for all. Make a study of each start year: list its "
            "cities in policies.csv under a policy name of their own, and in samples.csv as a "
            "sample without the cities of the other start years; or wait until estimators of "
            "staggered starts are there"
        )
    start, years = int(counts.index[0]), study.year_list
    if not years[0] < start <= years[-1]:
        side = "before it" if start <= years[0] else "from it on"
        raise OibError(
            f"the policy {study.policy!r} starts in {start}, and the "
            f"study's `years`, {years[0]}-{years[-1]}, hold none {side}. Take in years on both "
            "sides of the start"
        )
    return start


def _border_change(frame: pd.DataFrame, registry: Registry) -> np.ndarray:
    marks = pd.MultiIndex.from_frame(registry.borders[["city_code", "year"]].astype({"year": int}))
    return pd.MultiIndex.from_frame(frame[["city_code", "year"]]).isin(marks).astype("int64")


def _demonstration(frame: pd.DataFrame, registry: Registry) -> pd.Series:
    rows = registry.policies[registry.policies["policy"] == DEMONSTRATION]
    start = frame["city_code"].map(rows.set_index("city_code")["start_year"])
    return (frame["year"] >= start).astype("int64")


def _without(frame: pd.DataFrame, study: Study) -> pd.DataFrame:
    marked = frame[list(study.exclude)].eq(1).any(axis=1) if study.exclude else None
    kept = frame
    if marked is not None:
        kept = frame[~frame["city_code"].isin(frame.loc[marked, "city_code"])]
    for treated, what in ((1, f"under the policy {study.policy!r}"), (0, "to compare with")):
        if not kept["treated"].eq(treated).any():
            raise OibError(
                f"no city {what} is left in the sample {study.sample!r}"
                + (f" after excluding {', '.join(study.exclude)}" if study.exclude else "")
            )
    return kept


CORRECTED = "corrected"


@dataclass(frozen=True)
class StudyPanel:
    """A study's panel, the controls left out of it, and the city-years that lack something.

    Attributes
    ----------
    frame
        Rows of ``core_study_panel``.
    controls
        Controls that are in the frame, in the study's order.
    left_out
        ``control``, ``reason``, ``coverage`` (share of expected city-years, 0-1).
    missing
        ``city_code``, ``city``, ``year``, ``variable``, ``reason``, ``repair`` (the flag where a
        repair filled it, "" where it stays missing).
    excluded
        ``city_code``: cities of the sample that the study's exclusions took out.
    """

    frame: pd.DataFrame
    controls: tuple[str, ...]
    left_out: pd.DataFrame
    missing: pd.DataFrame
    excluded: tuple[str, ...]


def build_study_panel(
    study: Study,
    indices: pd.DataFrame,
    registry: Registry,
    sources: pd.DataFrame | None = None,
    findings: pd.DataFrame | None = None,
) -> StudyPanel:
    """The panel of a study, its repairs done and flagged, its doubts named.

    Parameters
    ----------
    study
        What is evaluated, on which sample, at which scope and in which years.
    indices
        Rows of ``core_indices``; those of another precedence or scope are not looked at.
    registry
        Cities, samples, policies and borders.
    sources
        Rows of ``core_sources``, so that values resting on a corrected figure carry the flag
        "corrected", and only what no source has is named as needed. Without it none does, and
        all that could be of use is named.
    findings
        Rows of ``core_findings``: with them, and ``sources``, a column ``x_doubts`` names the rules
        that flag an input of each value of ``x`` as out of line. Without them it names none.

    Raises
    ------
    OibError
        Where the study does not fit the registry, or naming the years that no release holds, the
        outcome or the required control that is lacking.
    """
    frame = expected_city_years(study, registry)
    values = _values(study, indices, frame)
    _hold_years(study, indices, values)
    _hold_outcomes(study, values, sources)
    controls, left_out = _controls(study, values)
    names = [*study.outcomes, *controls]
    gaps = _lacking(values, names)
    frame = pd.concat([frame, values[names]], axis=1)
    segment = None if study.gaps.across_policy_date else frame["post"]
    frame = repair(frame, names, outliers=study.outliers, gaps=study.gaps, segment=segment)
    frame = _mark_corrected(frame, names, study, sources)
    frame = _name_doubts(frame, names, study, sources, findings)
    excluded = sorted(set(registry.sample(study.sample)) - set(frame["city_code"]))
    return StudyPanel(
        frame=frame[_order(frame, names)],
        controls=tuple(controls),
        left_out=left_out,
        missing=_with_repair(gaps, frame),
        excluded=tuple(excluded),
    )


def _own(study: Study, table: pd.DataFrame) -> pd.DataFrame:
    """Rows of a core table of the study's order of sources and scope."""
    right = (table["precedence"] == study.precedence) & (table["scope"] == study.scope)
    return table.loc[right]


def _values(study: Study, indices: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """The study's columns of the indices, on the expected city-years, in their order."""
    rows = _own(study, indices).drop(columns=["precedence", "scope"])
    keys = frame[["city_code", "year", "city"]]
    return keys.merge(rows, on=["city_code", "year"], how="left", validate="one_to_one")


def _hold_years(study: Study, indices: pd.DataFrame, values: pd.DataFrame) -> None:
    """Every year of the study is there for some city: no other source or control makes up for one.

    Where no year is there at all, what is lacking is the outcome, which is named as such.
    """
    names = [*study.outcomes, *study.controls]
    own = _own(study, indices)
    own = own[own["city_code"].isin(values["city_code"])]
    held = set(own.loc[own[names].notna().any(axis=1), "year"])
    there = set(values.loc[values[names].notna().any(axis=1), "year"])
    lacking = [year for year in study.year_list if year not in there]
    if held and lacking:
        raise OibError(
            f"study {study.name!r}: no release of its sources ({study.precedence}) holds "
            f"{_spans(lacking)} at scope {study.scope} for any city of the sample "
            f"{study.sample!r}. For those they hold {_spans(held)}: keep the study's `years` to "
            "those, or add the releases of the years that are lacking"
        )


def _spans(years: Collection[int]) -> str:
    """Years as ranges: 2010-2013, 2015."""
    ordered = sorted(years)
    firsts = [year for year in ordered if year - 1 not in years]
    lasts = [year for year in ordered if year + 1 not in years]
    pairs = zip(firsts, lasts, strict=True)
    return ", ".join(str(one) if one == last else f"{one}-{last}" for one, last in pairs)


def _hold_outcomes(study: Study, values: pd.DataFrame, sources: pd.DataFrame | None) -> None:
    """Every outcome is there for some city and year, or what no source has of it is named."""
    for outcome in study.outcomes:
        if values[outcome].notna().sum() == 0:
            had = set() if sources is None else _had(study, values, sources)
            raise OibError(
                f"study {study.name!r}: outcome {outcome!r} is lacking at scope {study.scope} for "
                f"every city and year. It needs {needs(outcome, had)}"
            )


def _had(study: Study, values: pd.DataFrame, sources: pd.DataFrame) -> set[str]:
    """Variables that a source gives for some expected city-year of a study."""
    right = (sources["precedence"] == study.precedence) & (sources["scope"] == study.scope)
    chosen = sources[right & sources["chosen"].astype(bool)]
    keys = pd.MultiIndex.from_frame(values[["city_code", "year"]])
    there = pd.MultiIndex.from_frame(chosen[["city_code", "year"]]).isin(keys)
    return set(chosen.loc[there, "variable"])


def _controls(study: Study, values: pd.DataFrame) -> tuple[list[str], pd.DataFrame]:
    """Controls kept, and the optional ones left out because too few city-years have them."""
    coverage = values[study.controls].notna().mean()
    thin = [name for name in study.controls if coverage[name] < study.min_coverage]
    for name in thin:
        if name not in study.optional_controls:
            raise OibError(
                f"study {study.name!r}: control {name!r} is lacking: {coverage[name]:.1%} of the "
                f"expected city-years have it at scope {study.scope}, and the study asks for "
                f"{study.min_coverage:.0%}. It needs {needs(name)}. Add a source that has them, "
                "or list the control under `optional_controls`"
            )
    reasons = [_left_out_reason(study, name, coverage[name]) for name in thin]
    table = pd.DataFrame(
        {"control": thin, "reason": reasons, "coverage": [float(coverage[name]) for name in thin]}
    ).astype({"coverage": "float64"})
    return [name for name in study.controls if name not in thin], table


def _left_out_reason(study: Study, name: str, coverage: float) -> str:
    if coverage == 0:
        return f"no source has it at scope {study.scope}: it needs {needs(name)}"
    return f"{coverage:.1%} of city-years have it, the study asks for {study.min_coverage:.0%}"


def _lacking(values: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """One row for each expected city-year and column without a value, with the reason."""
    long = values.melt(["city_code", "city", "year"], names, "variable", "value")
    long = long.loc[long["value"].isna(), ["city_code", "city", "year", "variable"]]
    long["reason"] = long["variable"].map({name: f"needs {needs(name)}" for name in names})
    for name in names:
        if f"{name}_reason" in values.columns:
            why = values[["city_code", "year", f"{name}_reason"]].assign(variable=name)
            long = long.merge(why, on=["city_code", "year", "variable"], how="left")
            long["reason"] = long.pop(f"{name}_reason").fillna(long["reason"])
    return long.sort_values(["variable", "city_code", "year"], ignore_index=True)


def _with_repair(gaps: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    flags = {name: frame[f"{name}_flag"] for name in gaps["variable"].unique()}
    long = frame[["city_code", "year"]].assign(**flags)
    long = long.melt(["city_code", "year"], var_name="variable", value_name="repair")
    return gaps.merge(long, on=["city_code", "year", "variable"], how="left", validate="1:1")


def _mark_corrected(
    frame: pd.DataFrame, names: list[str], study: Study, sources: pd.DataFrame | None
) -> pd.DataFrame:
    if sources is None:
        return frame
    right = (sources["precedence"] == study.precedence) & (sources["scope"] == study.scope)
    marks = corrected_outputs(sources[right], names)
    keys = pd.MultiIndex.from_frame(frame[["city_code", "year"]])
    for name in names:
        hit = keys.isin(marks[name]) & frame[name].notna()
        flag = frame[f"{name}_flag"]
        both = flag.where(flag.eq(""), "+" + flag)
        frame[f"{name}_flag"] = flag.mask(hit, CORRECTED + both)
    return frame


def _name_doubts(
    frame: pd.DataFrame,
    names: list[str],
    study: Study,
    sources: pd.DataFrame | None,
    findings: pd.DataFrame | None,
) -> pd.DataFrame:
    if sources is None or findings is None:
        return frame.assign(**{f"{name}_doubts": "" for name in names})
    found = doubts(_own(study, findings), _own(study, sources), names)
    keys = pd.MultiIndex.from_frame(frame[["city_code", "year"]])
    for name in names:
        own = pd.Series(found[name].reindex(keys).fillna("").to_numpy(), frame.index, dtype=object)
        filled = frame[f"{name}_flag"].str.contains(INTERPOLATED, regex=False)
        frame[f"{name}_doubts"] = spread(own, frame, filled).where(frame[name].notna(), "")
    return frame


def _order(frame: pd.DataFrame, names: list[str]) -> list[str]:
    added = [f"{name}{end}" for name in names for end in ("_flag", "_before", "_doubts")]
    first = [name for name in frame.columns if name not in {*names, *added}]
    return [*first, *names, *added]
