"""Spellings of cities and provinces as plain tables: what reading a page needs of the registry."""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

COUNTY = ("县", "旗", "区")  # how a name of county level may end that no city's does
SUFFIXES = ("壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "省", "市")
Span = tuple[str, float, float]
County = tuple[str, str, float, float]
_KIND = re.compile(r"(?:province|city|municipality|(?:zhuang|hui|uyghur|uygur)?autonomousregion)$")


@lru_cache(maxsize=65536)
def normalise(text: str) -> str:
    """A name without spaces of any width, full-width letters made plain."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=65536)
def english_key(text: str) -> str:
    """An English name in lower case, letters alone, without what it is: Xi'an City -> xian."""
    key = re.sub("['`\u2018\u2019\u02bc-]", "", normalise(text)).lower()
    return _KIND.sub("", key) or key


def short_province(name: str) -> str:
    """A province's everyday name: 吉林省 -> 吉林."""
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            return name.removesuffix(suffix)
    return name


@dataclass(frozen=True)
class Gazetteer:
    """Names of places, each with what it means.

    ``spans`` are codes with first and last valid data year by spelling (infinite where open);
    ``provinces`` codes by name, long and short; ``municipalities`` those provinces that are cities;
    ``english`` codes by the key of an English name (``english_key``), ``english_provinces`` those
    of provinces; ``chinese`` the official name by code, of cities and provinces; ``counties`` for
    each name of county level the (county code, prefecture's name, first, last year) that bore it.
    """

    spans: dict[str, list[Span]] = field(default_factory=dict)
    provinces: dict[str, str] = field(default_factory=dict)
    municipalities: frozenset[str] = frozenset()
    former_codes: dict[str, str] = field(default_factory=dict)
    english: dict[str, frozenset[str]] = field(default_factory=dict)
    english_provinces: dict[str, str] = field(default_factory=dict)
    chinese: dict[str, str] = field(default_factory=dict)
    counties: dict[str, list[County]] = field(default_factory=dict)

    def province_code(self, name: str) -> str | None:
        """Code of a province as printed, long or short; None for anything else."""
        return self.provinces.get(normalise(name))

    def resolve(self, name: str, year: int, province_code: str | None = None) -> str | None:
        """Code of the city that a name meant in a data year; None where no city bore it.

        A short name that is also a province's (吉林, 海南) counts as the city only when
        ``province_code`` says the row stands inside that province.
        """
        plain = normalise(name)
        code = self._valid(plain, year, province_code)
        if code or plain.endswith("市"):
            return code
        shared = self.provinces.get(plain)
        if shared and shared not in self.municipalities and shared != province_code:
            return None
        return self._valid(plain + "市", year, province_code)

    def nearest(self, name: str, count: int = 3) -> list[str]:
        """Known names that look most like this one; those that begin with it come first."""
        plain = normalise(name)
        begin = [known for known in self.spans if len(plain) > 1 and known.startswith(plain)]
        close = difflib.get_close_matches(plain, list(self.spans), n=count, cutoff=0.5)
        return list(dict.fromkeys([*begin, *close]))[:count]

    def county_level(self, name: str, year: int) -> list[County] | None:
        """Counties and county-level cities of a name, those of a data year if any then bore it.

        Empty for a name that only its last sign tells to be of county level (县, 旗, 区); None for
        one that is of no county.
        """
        plain = normalise(name)
        every = self.counties.get(plain, [])
        then = [one for one in every if one[2] <= year <= one[3]]
        if not then and self.spans.get(plain):
            return None  # a city's name, of other years
        if every or (len(plain) > 1 and plain.endswith(COUNTY)):
            return then or every
        return None

    def valid_years(self, name: str) -> list[Span]:
        """Codes with first and last valid data year for a spelling (infinite where open)."""
        return self.spans.get(normalise(name), [])

    def current_code(self, code: str) -> str:
        """Today's code of a city that a source gives under a former one."""
        return self.former_codes.get(code, code)

    def _valid(self, plain: str, year: int, province_code: str | None) -> str | None:
        codes = {
            code
            for code, first, last in self.spans.get(plain, [])
            if first <= year <= last and (province_code is None or code[:2] == province_code[:2])
        }
        return codes.pop() if len(codes) == 1 else None
