"""One header or title cell, taken apart into its key, unit, scope and year."""

from __future__ import annotations

import re
from dataclasses import dataclass

from oib_pipeline.contract.variables import factor
from oib_pipeline.extract.layouts.layout import HeaderRule, Layout
from oib_pipeline.extract.workbook.grid import (
    CJK,
    as_year,
    chinese_part,
    groups,
    has_cjk,
    plain_text,
    squash,
    without_groups,
    without_years,
    wording,
    years,
)

# money, people or area in some count of them: what such a text is, only a unit can be
_UNIT_LIKE = re.compile(
    r"[\d十百千万亿]*(?:[美欧日港]?元(?:人民币)?|人民币|[十百千万亿]人|平方公里|平方千米|公顷|平方米)"
)
_PARTED = re.compile(r"[/,:]")
_LIST = re.compile(r"[、,;/及和与]")
_AMONG = re.compile(r"^(?:其中)?[:#*]?")
_BARE_UNIT = re.compile(rf"(.*?[{CJK})])\s*[\s:,]\s*(\S+)")
_UNIT_LINE = re.compile(r"(?:面积|人口|金额|价值量)?(?:计量)?单位(:?)(.+)")
_UNIT_PARTS = re.compile(r"units?:|[()]")
_BRACKETS = re.compile(r"(?:\([^()]*\))+")


@dataclass(frozen=True)
class Segment:
    """A printed cell of a header or a title.

    ``key`` is its Chinese wording without unit, scope and year, squashed; ``english`` the squashed
    text of a cell without Chinese. ``units`` and ``scopes`` are all that is printed, in order: a
    Chinese one and its English translation should agree.
    """

    printed: str
    key: str = ""
    english: str = ""
    units: tuple[str, ...] = ()
    unknown_unit: str = ""
    scopes: tuple[str, ...] = ()
    year: int | None = None

    @property
    def names_something(self) -> bool:
        """Whether the cell holds wording of its own, beyond a unit, a scope or a year."""
        return bool(self.key or self.english)


def parse_segment(printed: str, layout: Layout) -> Segment:
    """Key, unit, scope and year of one header cell."""
    year = as_year(printed)
    if year is not None:
        return Segment(printed, year=year)
    text = plain_text(printed)
    if (line := unit_line(text, layout)) is not None:
        return line
    inside = groups(text)
    units = [unit for group in inside for unit in _both(group, layout.units)]
    scopes = [scope for group in inside for scope in scopes_in(group, layout)]
    text = without_groups(
        text, lambda group: bool(_both(group, layout.units) or scopes_in(group, layout))
    )
    if has_cjk(text) and "_" in text:
        text, tokens = _split_tokens(text, layout)
        units += [layout.units[token] for token in tokens if token in layout.units]
        scopes += [layout.scopes[token] for token in tokens if token in layout.scopes]
    if (bare := _BARE_UNIT.fullmatch(text)) and squash(bare.group(2)) in layout.units:
        text = bare.group(1)
        units.append(layout.units[squash(bare.group(2))])
    unknown = next((squash(group) for group in inside if _UNIT_LIKE.fullmatch(squash(group))
                    and squash(group) not in layout.units), "")  # fmt: skip
    text = without_groups(text, lambda group: squash(group) == unknown)
    if not unknown:
        text, after, unknown = _unit_after(text, layout)
        units += after
    chinese = chinese_part(text)
    if squash(chinese) not in layout.headers:
        chinese = wording(text)
    key, rest = squash(chinese), squash(text[len(chinese) :])
    if key in layout.units or (not key and rest in layout.units):
        return Segment(printed, units=(layout.units[key or rest], *units), scopes=tuple(scopes))
    if rest in layout.scopes:
        scopes.append(layout.scopes[rest])
        rest = ""
    if own := scopes_in(key, layout):
        return Segment(printed, units=tuple(units), scopes=(*own, *scopes))
    found = years(chinese)
    if len(found) == 1:
        key = squash(without_years(chinese)).replace("()", "")
    return Segment(
        printed,
        key=key,
        english="" if key else rest,
        units=tuple(units),
        unknown_unit=unknown,
        scopes=tuple(scopes),
        year=found[0] if len(found) == 1 else None,
    )


def _unit_after(text: str, layout: Layout) -> tuple[str, list[str], str]:
    """A heading, the known unit after it and the one that is not known.

    After a sign (GDP/亿元, GDP,亿元, GDP:亿元), or after a known heading without any (GDP亿元).
    """
    for sign in _PARTED.finditer(text):
        before, after = text[: sign.start()].rstrip(), squash(text[sign.end() :])
        if before and after in layout.units:
            return before, [layout.units[after]], ""
        if before and _UNIT_LIKE.fullmatch(after):
            return before, [], after
    whole = squash(text)
    if whole in layout.headers:
        return text, [], ""
    for size in range(len(whole) - 1, 0, -1):
        key, after = whole[:size], whole[size:]
        unit = layout.units.get(after)
        if unit and any(_may_be_in(rule, unit) for rule in layout.headers.get(key, ())):
            return key, [unit], ""
    for size in range(1, len(whole)):
        if whole[:size] in layout.headers and _UNIT_LIKE.fullmatch(whole[size:]):
            return whole[:size], [], whole[size:]
    return text, [], ""


def _may_be_in(rule: HeaderRule, unit: str) -> bool:
    """Whether a header's variable has a unit; one that is not wanted may have any."""
    return not rule.variable or factor(rule.variable, unit) is not None


def unit_line(text: str, layout: Layout) -> Segment | None:
    """A cell that states nothing but a unit: 单位：%, (10 000 yuan); None for any other."""
    bare = squash(text)
    if bare.startswith("(") and bare.find(")") == len(bare) - 1:
        bare = bare[1:-1]
    match = _UNIT_LINE.fullmatch(bare)
    if match:
        parts = [part.strip(":") for part in _UNIT_PARTS.split(match.group(2))]
        each = [units_in(part, layout) for part in parts if part]
        if all(each):
            return Segment(text, units=tuple(unit for units in each for unit in units))
        return Segment(text, unknown_unit=match.group(2)) if match.group(1) else None
    bare = squash(text)
    if _BRACKETS.fullmatch(bare):  # (万元), or (万元)(10 000 yuan)
        each = [units_in(part, layout) for part in groups(bare)]
        if all(each):
            return Segment(text, units=tuple(unit for units in each for unit in units))
    return None


def scopes_in(text: str, layout: Layout) -> list[str]:
    """Scopes that a text is, in one language or both; 其中：市辖区 and #市辖区 are 市辖区."""
    return _both(_AMONG.sub("", squash(text), count=1), layout.scopes) or _both(text, layout.scopes)


def _both(text: str, known: dict[str, str]) -> list[str]:
    """What a text means; or its Chinese and its English each, where it holds both."""
    whole = squash(text)
    if whole in known:
        return [known[whole]]
    chinese = squash(chinese_part(text))
    english = whole.removeprefix(chinese)
    if not chinese or chinese not in known or not (english.isascii() and english in known):
        return []
    return [known[chinese], known[english]]


def units_in(stated: str, layout: Layout) -> tuple[str, ...]:
    """The unit that a squashed text is, or the units it lists; none where any is unknown."""
    if stated in layout.units:
        return (layout.units[stated],)
    parts = [part for part in _LIST.split(stated) if part]
    return tuple(layout.units[part] for part in parts) if {*parts} <= {*layout.units} else ()


def _split_tokens(text: str, layout: Layout) -> tuple[str, list[str]]:
    """Words joined by underscores, units and scopes among them set apart."""
    tokens = [squash(token) for token in text.split("_")]
    apart = [token for token in tokens if token in layout.units or token in layout.scopes]
    kept = [token for token in tokens if token not in apart]
    return "_".join(kept), apart
