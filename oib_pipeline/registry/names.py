"""Printed names of cities and provinces, as the registry's frames give them."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from oib_pipeline.registry.gazetteer import Gazetteer, Span, normalise, short_province


@dataclass
class Names:
    """Every spelling of every city, each with the data years in which it is valid."""

    cities: pd.DataFrame
    spellings: pd.DataFrame
    former_codes: dict[str, str] = field(default_factory=dict)
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
        self.gazetteer = Gazetteer(
            spans, provinces, frozenset(municipalities), self.former_codes, self._english()
        )

    def _english(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for column in {"name_en", "pinyin"} & set(self.cities.columns):
            for name, code in zip(self.cities[column], self.cities["city_code"], strict=True):
                found.setdefault(normalise(str(name)).lower(), set()).add(code)
        return {name: frozenset(codes) for name, codes in found.items()}


def _or(value: object, default: float) -> float:
    return default if pd.isna(value) else float(value)  # type: ignore[arg-type]
