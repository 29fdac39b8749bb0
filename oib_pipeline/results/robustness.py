"""The specification curve of each outcome: reasonable choices made every way, all together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from oib_pipeline.results.data import StudyData
from oib_pipeline.results.models import KEYS, POLICY
from oib_pipeline.results.placebo import stacked
from oib_pipeline.results.result import Result, absent, result
from oib_pipeline.results.specifications import SEPARATOR, specifications
from oib_pipeline.results.variants import variants
from oib_pipeline.study import Study

if TYPE_CHECKING:
    from oib_pipeline.estimation import Samples, Specification, SpecificationCurve

TEST = ["outcome", "statistic", "observed", "p", "draws", "n_specifications"]


def compute(study: Study, data: StudyData) -> Result:
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
