"""The two partitions: releases as they arrive, cities as the registry knows them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import dagster as dg

RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"

releases = dg.DynamicPartitionsDefinition(name="release")
cities = dg.DynamicPartitionsDefinition(name="city")


def register(instance: dg.DagsterInstance, name: str, keys: Iterable[str]) -> None:
    """Add the partitions that are not there yet, sorted."""
    known = set(instance.get_dynamic_partitions(name))
    new = sorted(set(keys) - known)
    if new:
        instance.add_dynamic_partitions(name, new)


def covering_range(
    instance: dg.DagsterInstance, name: str, keys: Collection[str]
) -> dict[str, str]:
    """Tags of a run over the shortest range of partitions that holds all of ``keys``.

    One run takes one range; a partition inside it that did not need the run costs two events,
    less than a second run would.
    """
    return next(iter(covering_ranges(instance, name, keys)), {})


def covering_ranges(
    instance: dg.DagsterInstance, name: str, keys: Collection[str], but: Collection[str] = ()
) -> list[dict[str, str]]:
    """The same as several runs, where partitions that must not be told as made lie between."""
    ranges: list[list[str]] = [[]]
    for key in instance.get_dynamic_partitions(name):
        if key in but:
            ranges.append([])
        elif key in keys:
            ranges[-1].append(key)
    return [{RANGE_START: one[0], RANGE_END: one[-1]} for one in ranges if one]
