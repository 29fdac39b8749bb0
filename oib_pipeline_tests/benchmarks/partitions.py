"""5,000 cities and 60 releases against 150 and 9: loading the definitions, the partition pages."""

from __future__ import annotations

import asyncio
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from oib_pipeline_tests.benchmarks.measure import ROOT, apart, seconds
from oib_pipeline_tests.benchmarks.refresh import copy_data
from oib_pipeline_tests.benchmarks.table import Row, share
from oib_pipeline_tests.benchmarks.world import write_cities

SIZES = {"ours": (5_000, 60), "peer": (150, 9)}
TINY = {"ours": (300, 12), "peer": (150, 9)}
ROUNDS = 3
# What the UI asks when the partitions page of an asset, and its overview, are opened.
PAGES = {
    "core_city_year": ["core_city_year"],
    "raw_observations": ["raw_observations"],
}
STATUS = """query($k: AssetKeyInput!) { assetNodeOrError(assetKey: $k) { ... on AssetNode {
  partitionKeysByDimension { name partitionKeys }
  partitionStats { numMaterialized numPartitions numFailed numMaterializing }
  assetPartitionStatuses { ... on DefaultPartitionStatuses {
    materializedPartitions failedPartitions unmaterializedPartitions materializingPartitions } }
} } }"""


def rows(tiny: bool = False) -> list[Row]:
    """Seconds of the large world beside those of the small one; the aim is the same time."""
    sizes = TINY if tiny else SIZES
    with TemporaryDirectory() as folder:
        told = {side: _measured(Path(folder) / side, *size) for side, size in sizes.items()}
    cities, releases = sizes["ours"]
    few, nine = sizes["peer"]
    return [
        share(
            f"{what}, {cities:,} cities and {releases} releases, and {few} and {nine}",
            told["ours"][what],
            told["peer"][what],
            told["ours"][what] / told["peer"][what],
            limit,
        )
        for what, limit in (
            ("definitions loaded", 1.2),
            *((f"partition page of {name}", 5.0) for name in PAGES),
        )
    ]


def _measured(home: Path, cities: int, releases: int) -> dict[str, float]:
    copy_data(home, without=("raw",))
    (home / "raw").mkdir()
    write_cities(home / "registry", cities)
    where = {"OIB_DATA": str(home), "DAGSTER_HOME": str(home / "dagster")}
    loads = [apart("partitions:load", where)["seconds"] for _ in range(ROUNDS)]
    pages = apart("partitions:pages", where, cities=cities, releases=releases)
    return {"definitions loaded": median(loads), **pages}


def load() -> dict:
    """Seconds to import Dagster and load the definitions, as the code's server does."""

    def work() -> None:
        from oib_pipeline.definitions import defs

        defs.get_repository_def().asset_graph.get_all_asset_keys()

    return {"seconds": seconds(work)}


def pages(cities: int, releases: int) -> dict:
    """Median seconds of the answers to the UI, every partition materialized once."""
    import dagster as dg
    from dagster._core.workspace.context import WorkspaceProcessContext
    from dagster._core.workspace.load_target import ModuleTarget
    from dagster_graphql.implementation.utils import ErrorCapture
    from dagster_graphql.schema import create_schema

    keys = {
        "core_city_year": [f"{100000 + number}" for number in range(cities)],
        "raw_observations": [f"release-{number:02d}" for number in range(releases)],
    }
    with dg.DagsterInstance.get() as instance:
        _materialized(instance, keys)
        target = ModuleTarget(
            module_name="oib_pipeline.definitions",
            attribute=None,
            working_directory=str(ROOT),
            location_name="oib_pipeline",
        )
        schema = create_schema()
        with WorkspaceProcessContext(instance, target) as context, ErrorCapture.watch(print):

            def ask(path: list[str]) -> None:
                answer = asyncio.run(
                    schema.execute_async(
                        STATUS,
                        context_value=context.create_request_context(),
                        variable_values={"k": {"path": path}},
                    )
                )
                assert not answer.errors, answer.errors
                stats = answer.data["assetNodeOrError"]["partitionStats"]
                assert stats["numMaterialized"] == len(keys[path[-1]]), stats

            found = {}
            for name, path in PAGES.items():
                ask(path)
                times = [seconds(lambda path=path: ask(path)) for _ in range(ROUNDS)]
                found[f"partition page of {name}"] = median(times)
            return found


def _materialized(instance: object, keys: dict[str, list[str]]) -> None:
    import dagster as dg

    for (asset, parts), name in zip(keys.items(), ("city", "release"), strict=True):
        instance.add_dynamic_partitions(name, parts)
        for part in parts:
            instance.report_runless_asset_event(dg.AssetMaterialization(asset, partition=part))
