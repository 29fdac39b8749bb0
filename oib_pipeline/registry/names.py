"""Spellings of cities and provinces through time."""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

import pandas as pd

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


@dataclass
class Names:
    """Every spelling of every city, each with the data years in which it is valid.

    ``counties`` are the names of county level, so that none of them is taken for a misspelt city.
    """

    cities: pd.DataFrame
    spellings: pd.DataFrame
    former_codes: dict[str, str] = field(default_factory=dict)
    counties: pd.DataFrame = field(default_factory=pd.DataFrame)
    gazetteer: Gazetteer = field(init=False, repr=False)

    def __post_init__(self) -> None:
        spans: dict[str, list[Span]] = {}
        official = self.cities.rename(columns={"name_zh": "name"})
        for frame in (official, self.spellings):
            for row in frame[["name", "city_code", "first_year", "last_year"]].itertuples():
                span = (str(row.city_code), _or(row.first_year, -1e9), _or(row.last_year, 1e9))
                spans.setdefault(normalise(str(row.name)), []).append(span)
        provinces = {}
        pairs = self.cities[["province_zh", "province_code"]].drop_duplicates()
        for name, code in pairs.itertuples(index=False):
            provinces[name] = code
            provinces[short_province(name)] = code
        municipalities = set(self.cities["city_code"]) & set(self.cities["province_code"])
        chinese = {code: name for name, code in pairs.itertuples(index=False)}
        chinese |= dict(zip(self.cities["city_code"], self.cities["name_zh"], strict=True))
        self.gazetteer = Gazetteer(
            spans, provinces, frozenset(municipalities), self.former_codes, self._english(),
            self._english_provinces(), chinese, self._counties(),
        )  # fmt: skip

    def _english(self) -> dict[str, frozenset[str]]:
        """Codes by English name: those of cities.csv, and the spellings that names.csv adds."""
        pairs = [
            pair
            for column in ("name_en", "pinyin")
            if column in self.cities.columns
            for pair in zip(self.cities[column], self.cities["city_code"], strict=True)
        ]
        pairs += zip(self.spellings["name"], self.spellings["city_code"], strict=True)
        found: dict[str, set[str]] = {}
        for name, code in pairs:
            if (key := english_key(str(name))).isascii():
                found.setdefault(key, set()).add(code)
        return {name: frozenset(codes) for name, codes in found.items()}

    def _counties(self) -> dict[str, list[County]]:
        found: dict[str, list[County]] = {}
        for row in self.counties.itertuples():
            county = (row.county_code, row.prefecture_zh, row.first_year, _or(row.last_year, 1e9))
            found.setdefault(normalise(str(row.name_zh)), []).append(county)
        return found

    def _english_provinces(self) -> dict[str, str]:
        if "province_en" not in self.cities.columns:
            return {}
        names = zip(self.cities["province_en"], self.cities["province_code"], strict=True)
        return {english_key(str(name)): code for name, code in names}


def _or(value: object, default: float) -> float:
    return default if pd.isna(value) else float(value)  # type: ignore[arg-type]
