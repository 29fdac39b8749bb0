"""Numbers as people read them: the one place that rounds, writes p-values and gives stars."""

from __future__ import annotations

import math

from oib_pipeline.contract.counting import MISSING, p_value

MINUS = "\u2212"
SPACE = "\u00a0"  # joins what a line break must not part
EN_DASH = "\u2013"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
STARS = ((0.01, "***"), (0.05, "**"), (0.10, "*"))
STAR_NOTE = (
    ", ".join(f"{mark}{SPACE}p{SPACE}<{SPACE}{threshold:.2f}" for threshold, mark in STARS) + "."
)


def fixed(value: float, decimals: int) -> str:
    """Text of a number with this many decimals; never a false zero, ``n.a.`` where undefined.

    A number that would round to zero gets the decimals it needs, beyond six powers of ten
    (0.00000012 as ``1.2e-07``); a zero never carries a minus sign.
    """
    if not _finite(value):
        return MISSING
    text = f"{value:,.{decimals}f}"
    if value and float(text.replace(",", "")) == 0:
        places = decimals_for(value, least=decimals)
        text = f"{value:.{places}f}"
        text = text if float(text) else f"{value:.1e}"
    if value == 0:
        text = f"{0:.{decimals}f}"
    return text.replace("-", MINUS, 1) if value < 0 else text


def decimals_for(*values: float, least: int = 3, most: int = 6) -> int:
    """Decimals that show a digit of every non-zero value: what belongs together rounds alike.

    A value that needs more than ``least`` gets two digits.
    """
    wanted = least
    for value in values:
        if _finite(value) and value and abs(value) < 0.5 * 10**-least:
            wanted = max(wanted, 1 - math.floor(math.log10(abs(value))))
    return min(wanted, most)


def decimals_for_spread(sd: float) -> int:
    """Decimals for levels of a variable: three significant digits of its standard deviation."""
    if not _finite(sd) or sd <= 0:
        return 3
    return min(max(2 - math.floor(math.log10(sd)), 0), 3)


def number(value: float, least: int = 3) -> str:
    """One number on its own, as in a sentence."""
    return fixed(value, decimals_for(value, least=least))


def whole(value: float) -> str:
    """A count, thousands set apart by commas."""
    return f"{int(value):,}" if _finite(value) else MISSING


def p_phrase(p: float) -> str:
    """A p-value with its sign, for a sentence: ``p = 0.012`` or ``p < 0.001``."""
    text = p_value(p)
    sign, digits = ("<", text[1:]) if text.startswith("<") else ("=", text)
    return f"p{SPACE}{sign}{SPACE}{digits}"


def stars(p: float) -> str:
    """Stars of a p-value by ``STARS``; none where undefined."""
    if not _finite(p):
        return ""
    return next((mark for threshold, mark in STARS if p < threshold), "")


def per_cent_of_rule(share: float) -> str:
    """A percentage that a person wrote: 1 %, 2.5 %, as it is."""
    return f"{100 * share:g}%"


def percent(share: float) -> str:
    """A share of one as a percentage; neither 0 % nor 100 % unless it is."""
    if not _finite(share):
        return MISSING
    if 0 < share < 0.001:
        return "<0.1%"
    if 0.999 < share < 1:
        return ">99.9%"
    return f"{100 * share:.0f}%" if share in (0, 1) else f"{100 * share:.1f}%"


def month(date: str) -> str:
    """A date as a document carries it: ``2014-03`` as Mar 2014; anything else as it is."""
    year, _, rest = date.partition("-")
    position = rest[:2]
    if not (year.isdigit() and position.isdigit() and 1 <= int(position) <= 12):
        return date
    return f"{MONTHS[int(position) - 1]}{SPACE}{year}"


def signed(value: int) -> str:
    """A whole number with its sign, as event times have it; zero has none."""
    return f"{value:+d}".replace("-", MINUS) if value else "0"


def interval(low: float, high: float, decimals: int | None = None) -> str:
    """An interval as ``low to high``, both ends with the same decimals."""
    if not (_finite(low) and _finite(high)):
        return MISSING
    places = decimals_for(low, high) if decimals is None else decimals
    return f"{fixed(low, places)} to {fixed(high, places)}"


def years(values: list[int]) -> str:
    """Years as ranges: 2010–2013, 2015."""
    runs: list[list[int]] = []
    for year in sorted(set(values)):
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return ", ".join(
        str(run[0]) if len(run) == 1 else f"{run[0]}{EN_DASH}{run[-1]}" for run in runs
    )


def _finite(value: float) -> bool:
    try:
        return math.isfinite(value)
    except TypeError:
        return False
