"""The two partitions: releases as they arrive, cities as the registry knows them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import dagster as dg

RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"
NEAR = 60

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
    """Tags of a run over the shortest range of partitions that holds all of ``keys``."""
    found = covering_ranges(instance, name, keys, near=len(instance.get_dynamic_partitions(name)))
    return next(iter(found), {})


def covering_ranges(
    instance: dg.DagsterInstance,
    name: str,
    keys: Collection[str],
    but: Collection[str] = (),
    near: int = NEAR,
) -> list[dict[str, str]]:
    """Tags of the runs that make some partitions, one range of partitions each.

    A partition inside a range that did not need the run costs two events; a run costs as much as
    some dozens of them.

    Parameters
    ----------
    but
        Partitions that must not be told as made: no range holds one.
    near
        Partitions not asked for that one range may hold between two that are.
    """
    ranges: list[list[str]] = []
    gap = near + 1
    for key in instance.get_dynamic_partitions(name):
        if key in but:
            gap = near + 1
        elif key not in keys:
            gap += 1
        else:
            ranges += [[]] if gap > near else []
            ranges[-1].append(key)
            gap = 0
    return [{RANGE_START: one[0], RANGE_END: one[-1]} for one in ranges]
