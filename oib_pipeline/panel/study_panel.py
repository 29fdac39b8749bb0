"""What a study is estimated on: one row for each expected city-year, and what it lacks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from oib_pipeline.contract.errors import OibError
from oib_pipeline.indices.formulas import needs
from oib_pipeline.panel.corrections import corrected_outputs
from oib_pipeline.panel.design import design
from oib_pipeline.panel.doubts import doubts, spread
from oib_pipeline.panel.outliers_and_gaps import INTERPOLATED, repair
from oib_pipeline.registry import Registry
from oib_pipeline.study import Study

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
    frame = design(study, registry)
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
