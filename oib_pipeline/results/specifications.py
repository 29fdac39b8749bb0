"""The specifications of a curve: the main choices crossed, the finer ones a few at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, product
from typing import TYPE_CHECKING, Any

import pandas as pd

from oib_pipeline.results.choices import (
    CONTROLLED,
    cities,
    control_sets,
    time_effects,
    windows,
)
from oib_pipeline.study import Study

if TYPE_CHECKING:
    from oib_pipeline.estimation import Specification

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
