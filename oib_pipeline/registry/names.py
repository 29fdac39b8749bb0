"""Printed names of cities and provinces, resolved to codes for a data year."""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass, field

import pandas as pd

SUFFIXES = ("壮族自治区", "回族自治区", "维吾尔自治区", "自治区", "省", "市")


def normalise(text: str) -> str:
    """A name without spaces of any width, full-width letters made plain."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


@dataclass
class Names:
    """Every spelling of every city, each with the data years in which it is valid."""

    cities: pd.DataFrame
    spellings: pd.DataFrame
    _by_name: dict[str, list[tuple[str, float, float]]] = field(init=False, repr=False)
    _provinces: dict[str, str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._by_name = {}
        official = self.cities.rename(columns={"name_zh": "name"})
        for frame in (official, self.spellings):
            for row in frame[["name", "city_code", "first_year", "last_year"]].itertuples():
                span = (str(row.city_code), _or(row.first_year, -1e9), _or(row.last_year, 1e9))
                self._by_name.setdefault(normalise(str(row.name)), []).append(span)
        pairs = self.cities[["province_zh", "province_code"]].drop_duplicates()
        self._provinces = {}
        for name, code in pairs.itertuples(index=False):
            self._provinces[name] = code
            self._provinces[short_province(name)] = code

    def province_code(self, name: str) -> str | None:
        """Code of a province as printed, long or short; None for anything else."""
        return self._provinces.get(normalise(name))

    def resolve(self, name: str, year: int, province_code: str | None = None) -> str | None:
        """Code of the city that a name meant in a data year; None where no city bore it.

        A short name that is also a province's (吉林, 海南) counts as the city only when
        ``province_code`` says the row stands inside that province.
        """
        plain = normalise(name)
        code = self._valid(plain, year, province_code)
        if code or plain.endswith("市"):
            return code
        shared = self._provinces.get(plain)
        if shared and not self._is_municipality(shared) and shared != province_code:
            return None
        return self._valid(plain + "市", year, province_code)

    def nearest(self, name: str, count: int = 3) -> list[str]:
        """Known names that look most like this one."""
        return difflib.get_close_matches(normalise(name), list(self._by_name), n=count, cutoff=0.5)

    def valid_years(self, name: str) -> list[tuple[str, float, float]]:
        """Codes with first and last valid data year for a spelling (infinite where open)."""
        return self._by_name.get(normalise(name), [])

    def _valid(self, plain: str, year: int, province_code: str | None) -> str | None:
        codes = {
            code
            for code, first, last in self._by_name.get(plain, [])
            if first <= year <= last and (province_code is None or code[:2] == province_code[:2])
        }
        return codes.pop() if len(codes) == 1 else None

    def _is_municipality(self, province_code: str) -> bool:
        return bool((self.cities["city_code"] == province_code).any())


def short_province(name: str) -> str:
    """A province's everyday name: 吉林省 -> 吉林."""
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix) + 1:
            return name.removesuffix(suffix)
    return name


def _or(value: object, default: float) -> float:
    return default if pd.isna(value) else float(value)  # type: ignore[arg-type]
