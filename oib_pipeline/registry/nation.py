"""Totals of the whole country by year, which no place of it can exceed."""

from __future__ import annotations

from dataclasses import dataclass, field

TOTALS = ("gdp_mcny", "population_k", "employment_k")
PER_HEAD = "gdp_per_head_cny"


@dataclass(frozen=True)
class Nation:
    """Totals by name and year: GDP (million yuan), population and employed persons (1,000)."""

    totals: dict[str, dict[int, float]] = field(default_factory=dict)

    def total(self, name: str, year: int) -> float:
        """The total of a year, that of the nearest known year where it has none.

        ``name`` is one of ``TOTALS``, or ``PER_HEAD``: GDP over population, in yuan.
        NaN where no year is known.
        """
        if name == PER_HEAD:
            return self.total("gdp_mcny", year) / self.total("population_k", year) * 1000
        known = self.totals.get(name, {})
        return known[min(known, key=lambda other: abs(other - year))] if known else float("nan")
