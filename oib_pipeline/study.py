"""A study: what one evaluation is, read from ``data/studies/<name>.yml`` and validated."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from oib_pipeline.analysis.catalogue import RESULTS
from oib_pipeline.contract.errors import OibError
from oib_pipeline.indices.indicators import INDICATORS

# Tables and figures of a report that can be those of a paper, and those there are by outcome.
SHOWN = (
    "policy-documents",
    "variables",
    "descriptive",
    "baseline",
    "dynamic-models",
    "psm-did",
    "regional",
    "placebo",
    "robustness",
    "inference",
    "policy-timeline",
    "map",
    "trends",
    "dynamic",
    "common-support",
    "love-plot",
    "regions",
)
SHOWN_BY_OUTCOME = ("event-study", "placebo", "specification-curve")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Outliers(_Strict):
    """What is done with values far from the rest."""

    method: Literal["none", "winsorise"] = "none"
    lower: Annotated[float, Field(ge=0, lt=0.5)] = 0.01
    upper: Annotated[float, Field(gt=0.5, le=1)] = 0.99
    by: Literal["year", "all"] = "year"


class Gaps(_Strict):
    """What is done with missing city-years."""

    method: Literal["none", "linear"] = "none"
    limit: Annotated[int, Field(ge=1)] = 2
    across_policy_date: bool = False


class PlaceboPlan(_Strict):
    """How the permutation of treated cities is drawn."""

    draws: Annotated[int, Field(ge=1)] = 500
    seed: int = 20140311
    strata: Literal["region", "capital"] | None = None


class Matching(_Strict):
    """How cities are matched on their propensity score."""

    neighbours: Annotated[int, Field(ge=1)] = 1
    caliper: float | None = None
    radius: float = 0.05
    bandwidth: float = 0.06
    kernel: Literal["epanechnikov", "gaussian"] = "epanechnikov"


class Words(_Strict):
    """What a report of the study says that its numbers do not: each has a default that is true.

    Attributes
    ----------
    treated
        A noun for a city under the policy, with a plural in s, as ``pilot``; if none, "treated
        city".
    cities
        What the sample is made of, as ``old industrial cities of China``; if none, "cities".
    policy
        What the policy's documents are on; if none, their table says "The policy's documents".
    aims
        Which way the policy means to move an outcome; nothing is said of an outcome without one.
    cautions
        Sentences that stand under "Significance and caveats".
    """

    treated: Annotated[str, Field(pattern=r"^([a-z][a-z -]*[a-rt-z])?$")] = ""
    cities: str = ""
    policy: str = ""
    aims: dict[str, Literal["higher", "lower"]] = {}
    cautions: list[str] = []


class Reproduction(_Strict):
    """The paper that a study reproduces: its captions name the paper's tables and figures.

    Attributes
    ----------
    citation
        As ``Lin et al. (2022)``.
    shows
        What the paper calls a table or figure of the report, by the report's name of it (of one
        that there is for each outcome, its name, ``-`` and the outcome).
    notes
        What is to be said of the paper under a table or figure, by the same names.
    data
        Whether others can have its data; if not said, the report says nothing of it.
    """

    citation: str
    shows: dict[str, str] = {}
    notes: dict[str, str] = {}
    data: Literal["public", "not public"] | None = None


class Study(_Strict):
    """One evaluation of one policy on one sample, at one scope."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: str
    policy: str
    sample: str
    scope: Literal["districts", "whole_city"]
    years: Annotated[list[int], Field(min_length=2)]
    outcomes: Annotated[list[str], Field(min_length=1)]
    controls: list[str] = []
    optional_controls: list[str] = []
    min_coverage: Annotated[float, Field(gt=0, le=1)] = 0.8
    sources: Annotated[list[str], Field(min_length=1)]
    synthetic: bool = False
    outliers: Outliers = Outliers()
    gaps: Gaps = Gaps()
    exclude: list[Literal["border_change", "capital", "demonstration"]] = []
    cluster: str = "city_code"
    placebo: PlaceboPlan = PlaceboPlan()
    matching: Matching = Matching()
    results: list[str] = list(RESULTS)
    paper: dict[str, float] = {}
    reproduces: Reproduction | None = None
    words: Words = Words()

    @model_validator(mode="after")
    def _consistent(self) -> Study:
        for name in (*self.outcomes, *self.controls, *self.optional_controls):
            if name not in INDICATORS:
                raise ValueError(
                    f"{name!r} is no index or control; there are {', '.join(INDICATORS)}. A new "
                    "one is declared in oib_pipeline/indices/indicators.py"
                )
        repeated = [name for name in self.optional_controls if name not in self.controls]
        if repeated:
            raise ValueError(f"optional_controls names {', '.join(repeated)}, not among controls")
        aimless = [name for name in self.words.aims if name not in self.outcomes]
        if aimless:
            raise ValueError(
                f"words.aims names {', '.join(aimless)}; outcomes are {', '.join(self.outcomes)}"
            )
        if self.reproduces:
            _hold_shown(self.reproduces, self.outcomes)
        unknown = [name for name in self.results if name not in RESULTS]
        if unknown:
            raise ValueError(f"results names {', '.join(unknown)}; known are {', '.join(RESULTS)}")
        if sorted(set(self.years)) != self.years:
            raise ValueError("years must rise: [first, last], or each year when more than two")
        return self

    @property
    def year_list(self) -> list[int]:
        """Every data year of the study; two numbers mean first and last."""
        if len(self.years) == 2:
            return list(range(self.years[0], self.years[1] + 1))
        return list(self.years)

    @property
    def precedence(self) -> str:
        """The order in which sources are preferred, as text: what core tables are keyed by."""
        return " > ".join(self.sources) + (" (synthetic)" if self.synthetic else "")


def _hold_shown(reproduces: Reproduction, outcomes: list[str]) -> None:
    """What is said of a paper is said of tables and figures that a report can have."""
    each = (f"{name}-{outcome}" for name in SHOWN_BY_OUTCOME for outcome in outcomes)
    known = [*SHOWN, *each]
    for field, named in (("shows", reproduces.shows), ("notes", reproduces.notes)):
        unknown = [name for name in named if name not in known]
        if unknown:
            raise ValueError(
                f"reproduces.{field} names {', '.join(unknown)}; known are {', '.join(known)}"
            )


def read_study(path: Path) -> Study:
    """The study a file describes.

    Raises
    ------
    OibError
        Naming the file and the field, with what is allowed.
    """
    import yaml

    if not path.is_file():
        known = ", ".join(sorted(p.stem for p in path.parent.glob("*.yml"))) or "none"
        raise OibError(f"no study {path.stem!r}: {path} does not exist (there: {known})")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise OibError(f"{path} is not YAML: {error}") from error
    if not isinstance(content, dict):
        raise OibError(f"{path} must be a mapping of fields, as `name: {path.stem}`")
    if content.get("name") != path.stem:
        raise OibError(f"{path}: name is {content.get('name')!r}, the file says {path.stem!r}")
    return _validated(lambda: Study.model_validate(content), path)


def read_studies(folder: Path) -> dict[str, Study]:
    """Every study of a folder by name, sorted."""
    return {path.stem: read_study(path) for path in sorted(folder.glob("*.yml"))}


def _validated(build: Callable[[], Study], path: Path) -> Study:
    try:
        return build()
    except ValidationError as error:
        lines = [f"  - {_where(item)}: {item['msg']}" for item in error.errors()]
        raise OibError("\n".join([f"{path} is not a study:", *lines])) from error


def _where(item: Any) -> str:
    return ".".join(str(part) for part in item["loc"]) or "study"
