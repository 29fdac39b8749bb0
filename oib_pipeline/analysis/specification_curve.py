"""Which specifications, and the panels they need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, product
from typing import TYPE_CHECKING, Any

import pandas as pd

from oib_pipeline.analysis.inference import stacked
from oib_pipeline.analysis.models import (
    KEYS,
    POLICY,
    Result,
    StudyData,
    absent,
    controls_of,
    policy_start,
    result,
)
from oib_pipeline.study import Gaps, Outliers, Study

if TYPE_CHECKING:
    from oib_pipeline.estimation import Samples, Specification, SpecificationCurve


Options = dict[str, dict[str, Any]]
# Rules of other studies in this field; a study's own comes first and is not said twice.
OUTLIERS = (
    Outliers(method="none"),
    Outliers(method="winsorise", lower=0.01, upper=0.99),
    Outliers(method="winsorise", lower=0.05, upper=0.95),
)
GAPS = (Gaps(method="linear"), Gaps(method="none"))
WITHOUT = {
    "capital": "without capitals",
    "demonstration": "without demonstration areas",
    "border_change": "without border changes",
    "employment_jump": "without employment jumps",
}
CONTROLLED = "demonstration areas controlled"


def outlier_rules(study: Study) -> dict[str, Outliers]:
    """Rules for outliers by what they are called."""
    return {_outliers(rule): rule for rule in (study.outliers, *OUTLIERS)}


def gap_rules(study: Study) -> dict[str, Gaps]:
    """Rules for gaps by what they are called."""
    return {_gaps(rule): rule for rule in (study.gaps, *GAPS)}


def control_sets(study: Study, panel: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """All controls, none, and all but each."""
    controls = controls_of(study, panel)
    sets: dict[str, tuple[str, ...]] = {"all": controls} if controls else {}
    sets["none"] = ()
    if len(controls) > 1:
        sets |= {f"all but {one}": tuple(c for c in controls if c != one) for one in controls}
    return sets


def windows(study: Study, panel: pd.DataFrame) -> dict[str, dict[str, int]]:
    """The study's years, then fewer years before and fewer after, two before and one after left."""
    years, start = study.year_list, policy_start(panel)
    first, last = years[0], years[-1]
    before = [year for year in years[1:3] if sum(year <= y < start for y in years) >= 2]
    after = [year for year in reversed(years[-3:-1]) if year >= start]
    spans = [(first, last), *((year, last) for year in before), *((first, year) for year in after)]
    return {f"{low}–{high}": {"first": low, "last": high} for low, high in spans}


def cities(panel: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """All cities, then without some; an option that leaves out nobody is none."""
    found: dict[str, dict[str, Any]] = {"all": {}}
    marked = panel.groupby("city_code")[list(WITHOUT)].max() == 1
    found |= {
        words: {"without_units": (name,)} for name, words in WITHOUT.items() if marked[name].any()
    }
    if marked["demonstration"].any():
        found[CONTROLLED] = {"also": ("demonstration",)}
    return found


def time_effects(panel: pd.DataFrame) -> dict[str, str | None]:
    """Year effects for all cities, or for each region its own."""
    many = len(set(panel["region"])) > 1
    return {"year": None, **({"region by year": "region"} if many else {})}


def _outliers(rule: Outliers) -> str:
    if rule.method == "none":
        return "as they are"
    by = "year" if rule.by == "year" else "all years"
    return f"winsorised {100 * rule.lower:g}–{100 * rule.upper:g} % by {by}"


def _gaps(rule: Gaps) -> str:
    if rule.method == "none":
        return "left open"
    across = ", also across the policy" if rule.across_policy_date else ""
    return f"filled up to {rule.limit} years{across}"


DIMENSIONS = ("controls", "outliers", "gaps", "years", "cities", "time_effects")
SEPARATOR = ", "


def specifications(
    study: Study, panels: dict[tuple[str, str], pd.DataFrame]
) -> list[Specification]:
    """Every specification of a study, the headline's first.

    Crossed: all controls or none x outliers by the study's rule or by none x years x cities x time
    effects, gaps as in the study. Then each control left out, every rule for outliers and every
    rule for gaps, crossed with both time effects on all years and cities.

    Parameters
    ----------
    panels
        Variants of the panel by rule for outliers and for gaps, the study's own first.
    """
    panel = next(iter(panels.values()))
    options: dict[str, dict[str, Any]] = {
        "controls": control_sets(study, panel),
        "years": windows(study, panel),
        "cities": cities(panel),
        "time_effects": time_effects(panel),
    }
    own = next(iter(panels))
    main = [name for name in options["controls"] if name in ("all", "none")]
    rules = [pair for pair in panels if pair[1] == own[1]][:2]
    crossed = product(main, rules, options["years"], options["cities"], options["time_effects"])
    whole = next(iter(options["years"]))
    finer = product(options["controls"], panels, [whole], ["all"], options["time_effects"])
    chosen = dict.fromkeys(chain(crossed, finer))
    return list(_made(chosen, options, own, _no_demonstration(panel, options["years"])))


def _made(
    chosen: Iterable[tuple], options: dict[str, dict[str, Any]], own: tuple[str, str], bare: set
) -> Iterator[Specification]:
    from oib_pipeline.estimation import Specification

    for controls, variant, window, left, effects in chosen:
        if left == CONTROLLED and window in bare:
            continue  # no area is in force in these years: the same as all cities
        cut = options["cities"][left]
        choices = dict(zip(DIMENSIONS, (controls, *variant, window, left, effects), strict=True))
        yield Specification(
            name=_name(choices, options, own),
            data=SEPARATOR.join(variant),
            controls=(*options["controls"][controls], *cut.get("also", ())),
            without_units=cut.get("without_units", ()),
            time_by=options["time_effects"][effects],
            choices=choices,
            **options["years"][window],
        )


def _name(choices: dict[str, str], options: dict[str, dict], own: tuple[str, str]) -> str:
    """What differs from the headline, in words; "headline" where nothing does."""
    usual = {name: next(iter(found)) for name, found in options.items()}
    usual |= {"outliers": own[0], "gaps": own[1]}
    said = [
        f"{name.replace('_', ' ')}: {option}"
        for name, option in choices.items()
        if option != usual[name]
    ]
    return "; ".join(said) or "headline"


def _no_demonstration(panel: pd.DataFrame, spans: dict[str, dict[str, int]]) -> set[str]:
    """Windows in which no demonstration area is in force."""
    years = panel.loc[panel["demonstration"] == 1, "year"]
    return {
        name for name, span in spans.items()
        if not years.between(span["first"], span["last"]).any()
    }  # fmt: skip


EMPLOYMENT = ["primary_employment_share", "secondary_employment_share", "tertiary_employment_share"]
# Workers do not change sector by a tenth in a year; another count of them does that.
JUMP = 0.1


def variants(study: Study, data: StudyData) -> dict[tuple[str, str], pd.DataFrame]:
    """Panels by rule for outliers and for gaps, the study's own first; equal ones are left out."""
    from oib_pipeline.panel import build_study_panel

    jumps = employment_jumps(study, data)
    found: dict[tuple[str, str], pd.DataFrame] = {}
    for gaps_name, gaps in gap_rules(study).items():
        for outliers_name, outliers in outlier_rules(study).items():
            if not found:
                frame = data.panel
            else:
                changed = study.model_copy(update={"outliers": outliers, "gaps": gaps})
                frame = build_study_panel(changed, data.indices, data.registry).frame
            marked = frame.assign(employment_jump=frame["city_code"].isin(jumps).astype("int64"))
            if not any(_same(marked, other, study) for other in found.values()):
                found[outliers_name, gaps_name] = marked
    return found


def employment_jumps(study: Study, data: StudyData) -> set[str]:
    """Cities with a share of employment that moves by more than ``JUMP`` in a year of the study.

    Such a move is another count of workers in the source, and Theil moves with it. The cities are
    told by the input alone, never by an outcome.
    """
    rows = data.indices[data.indices["year"].isin(study.year_list)]
    rows = rows.sort_values(["city_code", "year"])
    cities = rows.groupby("city_code")
    moved = cities[EMPLOYMENT].diff().abs().max(axis=1)
    return set(rows.loc[(moved > JUMP) & (cities["year"].diff() == 1), "city_code"])


def _same(one: pd.DataFrame, other: pd.DataFrame, study: Study) -> bool:
    names = [name for name in (*study.outcomes, *study.controls) if name in one and name in other]
    return one[names].reset_index(drop=True).equals(other[names].reset_index(drop=True))


TEST = ["outcome", "statistic", "observed", "p", "draws", "n_specifications"]


def compute_robustness(study: Study, data: StudyData) -> Result:
    """Rows of ``est_robustness``, the model its specification, and the test of each whole curve.

    A specification without an estimate keeps its row with the reason; the curve is tested
    without it.
    """
    from oib_pipeline.estimation import Samples

    panels = variants(study, data)
    wanted = specifications(study, panels)
    named = {SEPARATOR.join(rules): frame for rules, frame in panels.items()}
    samples = Samples(named, **KEYS, **POLICY)
    rows, tests = [], [pd.DataFrame(columns=TEST)]
    for outcome in study.outcomes:
        curve, failed = _curve(study, samples, wanted, outcome)
        if curve:
            rows.append(curve.to_frame().drop(columns="data").assign(note=""))
            tests.append(curve.test().assign(outcome=outcome))
        rows += [absent(one.name, outcome, why, **_choices(one)) for one, why in failed]
    terms = [(one.name, outcome, "did") for outcome in study.outcomes for one in wanted]
    return result(study.name, rows, terms, {"est_curve_test": stacked(tests)})


def _curve(
    study: Study, samples: Samples, wanted: list[Specification], outcome: str
) -> tuple[SpecificationCurve | None, list[tuple[Specification, str]]]:
    """The curve of the specifications that can be estimated, and why the others cannot."""
    try:
        return _together(study, samples, wanted, outcome, study.placebo.draws), []
    except ValueError:
        failed = []
    for one in wanted:
        try:
            _together(study, samples, [one], outcome, 1)
        except ValueError as error:
            failed.append((one, str(error).removeprefix(f"specification {one.name!r}: ")))
    gone = {one.name for one, _ in failed}
    rest = [one for one in wanted if one.name not in gone]
    if not rest:
        return None, failed
    return _together(study, samples, rest, outcome, study.placebo.draws), failed


def _together(
    study: Study,
    samples: Samples,
    wanted: list[Specification],
    outcome: str,
    draws: int,
) -> SpecificationCurve:
    from oib_pipeline.estimation import specification_curve

    return specification_curve(
        samples,
        wanted,
        outcome=outcome,
        draws=draws,
        seed=study.placebo.seed,
        strata=study.placebo.strata,
        **KEYS,
        **POLICY,
    )


def _choices(one: Specification) -> dict[str, str]:
    return {f"choice_{name}": option for name, option in one.choices.items()}
