"""What an index or control declares of itself: inputs, formula, unit, range and words.

Everything else that needs one of these facts reads it here: the columns of ``core_indices``, the
lineage that Dagster draws, the cells that checks quote, a trace, the report, a study file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from oib_pipeline.contract.tables import Column
from oib_pipeline.contract.variables import bundles, variables

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Compute = Callable[[pd.DataFrame], pd.Series | np.ndarray]

KEY = ("precedence", "city_code", "year", "scope")
SECTORS = ("primary", "secondary", "tertiary")
_PLAIN = str.maketrans({"×": "x", "Σ": "sum of", "₁": "1", "₂": "2", "₃": "3", "ᵢ": ""})


@dataclass(frozen=True)
class Formula:
    """One way to reach one part of an indicator.

    Attributes
    ----------
    text
        The formula as print sets it.
    inputs
        Variables of the contract; the formula applies where all of them are available.
    part
        What it gives: "value", or for an index of several sector shares "output" or "employment".
    """

    text: str
    inputs: tuple[str, ...]
    part: str = "value"

    @property
    def plain(self) -> str:
        """The formula in the characters of a keyboard, for terminals and SQL."""
        return self.text.translate(_PLAIN)


@dataclass(frozen=True)
class Composition:
    """Shares of three sectors, from their levels or else from printed shares.

    Attributes
    ----------
    part, symbol
        "output" and "y", or "employment" and "l".
    levels, printed
        Bundles of the contract.
    level, level_zh
        What a level is, in English and Chinese.
    columns, basis
        Columns of ``core_indices``: the three shares (0-1), and the bundle they were taken from.
    """

    part: str
    symbol: str
    levels: str
    printed: str
    level: str
    level_zh: str
    columns: tuple[str, ...]
    basis: str

    @property
    def inputs(self) -> tuple[str, ...]:
        """Variables of the contract: levels, then printed shares."""
        return bundles()[self.levels] + bundles()[self.printed]

    def formulas(self, symbol: str = "") -> tuple[Formula, Formula]:
        """The two ways to the shares, or to the one called ``symbol``, as ``y₁``."""
        left = symbol or self.symbol
        whole = "sum of the three"
        return (
            Formula(f"{left} = sector {self.level} / {whole}", bundles()[self.levels], self.part),
            Formula(f"{left} = printed share / {whole}", bundles()[self.printed], self.part),
        )


@dataclass(frozen=True)
class Computed:
    """One column of ``core_indices`` that is computed.

    Attributes
    ----------
    name
        Its name.
    column
        Type, comment and valid range.
    inputs
        Variables of the contract that it is computed from; no other is passed to ``compute``.
    compute
        From rows of ``core_city_year``, shape (n, inputs), to values, shape (n,).
    """

    name: str
    column: Column
    inputs: tuple[str, ...]
    compute: Compute = field(repr=False)


@dataclass(frozen=True)
class Indicator(Computed):
    """An index or control: a number that a study can name as outcome or control.

    Attributes
    ----------
    formulas
        Ways to reach each part; those of a part are tried in their order.
    label, label_zh, short, unit, definition
        What it stands for in English and Chinese, its short name, its unit, how it is measured.
    equation
        How it follows from its parts, as print sets it; empty where a formula says it all.
    where
        A sentence that explains the symbols of the equation.
    reading
        A sentence on what high and low values mean.
    better
        "higher" or "lower" where one of them is an improvement.
    improvement
        What such a change means, to follow "higher values mean".
    topic
        What it is about together with others of the same topic, as ``industrial structure``.
    """

    formulas: tuple[Formula, ...]
    label: str
    label_zh: str
    short: str
    unit: str
    definition: str
    equation: str = ""
    where: str = ""
    reading: str = ""
    better: str = ""
    improvement: str = ""
    topic: str = ""


COMPUTED: dict[str, Computed] = {}  # every column, in the order of the table
INDICATORS: dict[str, Indicator] = {}  # of these the indices and controls


def indicator(
    *formulas: Formula,
    label: str,
    label_zh: str,
    unit: str,
    bounds: tuple[float | None, float | None],
    short: str = "",
    definition: str = "",
    **words: str,
) -> Callable[[Compute], Compute]:
    """Declare the decorated function as an index or control of its name.

    The first line of its docstring is the comment of its column.

    Parameters
    ----------
    formulas
        Ways to reach it, the preferred one first. The function is passed rows with the inputs of
        all of them and no other columns.
    label, label_zh, unit
        What it stands for in English and Chinese, and its unit.
    bounds
        Smallest and largest valid value; None for none.
    short, definition
        Its short name and how it is measured, where these are not the label and the comment.
    words
        Further fields of :class:`Indicator`.

    Raises
    ------
    ValueError
        Where the name is taken or an input is no variable of the contract.
    """

    def declare(compute: Compute) -> Compute:
        comment = _comment(compute)
        valid = dict(zip(("min", "max"), bounds, strict=True))
        add(
            Indicator(
                name=compute.__name__,
                column=Column("DOUBLE", comment, {k: v for k, v in valid.items() if v is not None}),
                inputs=_inputs(formulas),
                compute=compute,
                formulas=formulas,
                label=label,
                label_zh=label_zh,
                short=short or label,
                unit=unit,
                definition=definition or comment,
                **words,
            )
        )
        return compute

    return declare


def reason(of: str) -> Callable[[Compute], Compute]:
    """Declare the decorated function as the reason why an index is missing, in ``<of>_reason``.

    It returns texts, None where the index is available: the checks hold both against each other.
    """

    def declare(compute: Compute) -> Compute:
        if of not in INDICATORS:
            raise ValueError(f"no index {of!r} is declared before its reason")
        index = INDICATORS[of]
        column = Column("VARCHAR", f"Why {index.short} is missing")
        add(Computed(f"{of}_reason", column, index.inputs, compute))
        return compute

    return declare


def add(computed: Computed) -> None:
    """Declare a column of ``core_indices``, after those declared before."""
    name = computed.name
    if name in COMPUTED or name in variables() or name in KEY:
        raise ValueError(f"{name} is declared already: an index or control needs a name of its own")
    unknown = [one for one in computed.inputs if one not in variables()]
    if unknown or not computed.inputs:
        raise ValueError(
            f"{name} is computed from {', '.join(unknown) or 'nothing'}; its inputs must be "
            f"variables of contract/variables.csv: {', '.join(variables())}"
        )
    COMPUTED[name] = computed
    if isinstance(computed, Indicator):
        INDICATORS[name] = computed


def _inputs(formulas: Iterable[Formula]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for formula in formulas for name in formula.inputs))


def _comment(compute: Compute) -> str:
    text = (compute.__doc__ or "").strip().partition("\n")[0].removesuffix(".")
    if not text:
        raise ValueError(
            f"{compute.__name__} needs a docstring: it is the comment of its column in core_indices"
        )
    return text
