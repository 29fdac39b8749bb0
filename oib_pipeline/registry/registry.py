"""The registry: what is known of cities and policies, loaded once and held consistent."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from oib_pipeline.contract.errors import OibError
from oib_pipeline.contract.policies import documents_of
from oib_pipeline.registry.gazetteer import Gazetteer
from oib_pipeline.registry.names import Names
from oib_pipeline.registry.references import hold_references
from oib_pipeline.registry.tables import COLUMNS, read


@dataclass(frozen=True)
class Registry:
    """Cities, spellings, samples, policies, documents and district borders, one frame each."""

    cities: pd.DataFrame
    names: Names
    former_codes: dict[str, str]
    samples: pd.DataFrame
    policies: pd.DataFrame
    documents: pd.DataFrame
    borders: pd.DataFrame

    @property
    def gazetteer(self) -> Gazetteer:
        """The names alone, without any frame."""
        return self.names.gazetteer

    def resolve(self, name: str, year: int, province_code: str | None = None) -> str | None:
        """Code of the city a printed name meant in a data year; None where there is none."""
        return self.gazetteer.resolve(name, year, province_code)

    def nearest(self, name: str) -> list[str]:
        """Known names that look most like this one."""
        return self.gazetteer.nearest(name)

    def province_code(self, name: str) -> str | None:
        """Code of a province as printed, long or short."""
        return self.gazetteer.province_code(name)

    def current_code(self, code: str) -> str:
        """Today's code of a city that a source gives under a former one."""
        return self.former_codes.get(code, code)

    def sample(self, name: str) -> list[str]:
        """City codes of a sample, sorted."""
        codes = self.samples.loc[self.samples["sample"] == name, "city_code"]
        if codes.empty:
            known = ", ".join(sorted(self.samples["sample"].unique()))
            raise OibError(f"no sample {name!r} in samples.csv; it has {known}")
        return sorted(codes)

    def policy(self, name: str) -> pd.DataFrame:
        """Cities under a policy and the year it began there: city_code, start_year, document."""
        rows = self.policies[self.policies["policy"] == name]
        if rows.empty:
            known = ", ".join(sorted(self.policies["policy"].unique()))
            raise OibError(f"no policy {name!r} in policies.csv; it has {known}")
        return rows.drop(columns="policy").reset_index(drop=True)

    def documents_of(self, policy: str) -> pd.DataFrame:
        """Documents that belong to a policy, by date; the columns of documents.csv but policies."""
        records = self.documents.to_dict("records"), self.policies.to_dict("records")
        own = self.documents[self.documents["document"].isin(documents_of(policy, *records))]
        ordered = own.sort_values(["date", "document"], kind="stable", ignore_index=True)
        return ordered.drop(columns="policies")


def load_registry(folder: Path) -> Registry:
    """The registry in a folder of csv files, every code in it a known city.

    Raises
    ------
    OibError
        Naming file, line and value, when a file is missing or files contradict each other.
    """
    frames = {table: read(folder, table) for table in COLUMNS}
    cities = frames["cities"]
    hold_references(frames, folder)
    former = frames["former_codes"].set_index("former_code")["city_code"].to_dict()
    return Registry(
        cities=cities,
        names=Names(cities, frames["names"], former, frames["counties"]),
        former_codes=former,
        **{table: frames[table] for table in ("samples", "policies", "documents", "borders")},
    )
