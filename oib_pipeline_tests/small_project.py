"""What the tests that run the pipeline do with a small project."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import yaml

from oib_pipeline.client.publish import publish
from oib_pipeline.client.refresh import Done, refresh
from oib_pipeline.settings import Settings
from oib_pipeline.warehouse import Warehouse

REPOSITORY = Path(__file__).resolve().parents[1]
EDITIONS = range(2013, 2017)
STUDY = {
    "name": "small",
    "title": "A short study of the sample",
    "policy": "relocation_2014",
    "sample": "old_industrial_120",
    "scope": "districts",
    "years": [2012, 2015],
    "outcomes": ["ais", "theil"],
    "controls": ["ln_gdp_per_capita", "population_density"],
    "sources": ["ccsy"],
    "synthetic": True,
    "results": ["descriptive", "baseline"],
}
GENUINE = {**STUDY, "name": "genuine", "synthetic": False}


@dataclass
class Project:
    """A data folder, and what was said of its refreshes."""

    data: Path
    said: list[str] = field(default_factory=list)
    raw_before: dict[str, tuple[str, int]] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        return Settings(data=self.data, raw=self.data / "raw")

    @property
    def warehouse(self) -> Warehouse:
        return Warehouse(self.settings.warehouse)

    @property
    def report(self) -> Path:
        return self.settings.reports / "small" / "index.html"

    def refresh(self, *studies: str) -> Done:
        self.said.clear()
        return refresh(self.settings, studies, say=self.said.append)

    def release(self, edition: int) -> Path:
        return self.data / "raw" / f"sample-ccsy-{edition}"

    def add_release(self, edition: int) -> Path:
        name = f"sample-ccsy-{edition}"
        return Path(shutil.copytree(REPOSITORY / "data" / "raw" / name, self.release(edition)))

    def declare(self, edition: int) -> None:
        """Write the checksums of a release's files into its manifest."""
        declare(self.release(edition))

    def change_study(self, **fields: object) -> None:
        write_yaml(self.data / "studies" / "small.yml", {**STUDY, **fields})

    def ask_for_cities_without_data(self) -> None:
        """Let the study take in so many cities without a value that a check stops it."""
        samples = self.data / "registry" / "samples.csv"
        cities = self.data / "registry" / "cities.csv"
        codes = [line.split(",")[0] for line in cities.read_text(encoding="utf-8").splitlines()[1:]]
        rows = [f"every_city,{code},city,,,test" for code in codes]
        text = samples.read_text(encoding="utf-8").rstrip()
        samples.write_text("\n".join([text, *rows, ""]), encoding="utf-8")
        self.change_study(sample="every_city", controls=[])

    def say_where(self) -> None:
        """Let a copied warehouse say that its releases lie in the copied raw folder."""
        with duckdb.connect(str(self.settings.warehouse)) as connection:
            connection.execute("UPDATE raw.raw_releases SET raw_dir = ?", [str(self.settings.raw)])
        publish(self.settings)


def declare(folder: Path) -> None:
    """Write the checksums of a release's files into its manifest."""
    manifest = yaml.safe_load((folder / "release.yml").read_text(encoding="utf-8"))
    manifest["files"] = {name: digest(folder / name) for name in manifest["files"]}
    write_yaml(folder / "release.yml", manifest)


def write_project(data: Path) -> Project:
    shutil.copytree(REPOSITORY / "data" / "registry", data / "registry")
    shutil.copy(REPOSITORY / "data" / "corrections.yml", data)
    (data / "manifests").mkdir()
    write_yaml(data / "studies" / "small.yml", STUDY)
    write_yaml(data / "studies" / "genuine.yml", GENUINE)
    project = Project(data)
    for edition in EDITIONS:
        project.add_release(edition)
    return project


def write_yaml(path: Path, content: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def tree(folder: Path) -> dict[str, str]:
    """Every file below a folder with its digest."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): digest(path) for path in files}


def times(folder: Path) -> dict[str, tuple[str, int]]:
    """Every file below a folder with its digest and when it was last written."""
    return {name: (mark, (folder / name).stat().st_mtime_ns) for name, mark in tree(folder).items()}


class environment:
    """The variables that name a project's folders, put back afterwards."""

    def __init__(self, project: Project) -> None:
        self.wanted = {
            "OIB_DATA": str(project.data),
            "DAGSTER_HOME": str(project.data / "dagster"),
        }

    def __enter__(self) -> None:
        self.before = {name: os.environ.get(name) for name in (*self.wanted, "OIB_RAW")}
        os.environ.pop("OIB_RAW", None)
        os.environ |= self.wanted

    def __exit__(self, *error: object) -> None:
        for name, value in self.before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
