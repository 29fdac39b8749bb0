"""Printed names of cities and provinces, as the registry's frames give them."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from oib_pipeline.registry.gazetteer import (
    County,
    Gazetteer,
    Span,
    english_key,
    normalise,
    short_province,
)


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
