"""Definitions as a text: keys, groups, partitions, lineage, checks, jobs, schedules, sensors."""

from __future__ import annotations

import dagster as dg


def described(definitions: dg.Definitions) -> str:
    lines = []
    graph = definitions.resolve_asset_graph()
    for key in sorted(graph.get_all_asset_keys()):
        node = graph.get(key)
        lines.append(f"asset {key.to_user_string()} [{node.group_name}]{_partitions(node)}")
        lines += [f"  from {parent.to_user_string()}" for parent in sorted(node.parent_keys)]
        for check in sorted(node.check_keys, key=lambda one: one.name):
            spec = graph.get_check_spec(check)
            lines.append(f"  check {check.name}{' (blocking)' if spec.blocking else ''}")
    repository = definitions.get_repository_def()
    lines += [
        f"job {job.name}" for job in repository.get_all_jobs() if not job.name.startswith("__")
    ]
    lines += [
        f"schedule {one.name}: {one.cron_schedule} {one.execution_timezone} -> {one.job_name}"
        for one in repository.schedule_defs
    ]
    lines += [f"sensor {one.name} -> {one.job_name}" for one in repository.sensor_defs]
    return "\n".join(lines) + "\n"


def _partitions(node: object) -> str:
    partitions = getattr(node, "partitions_def", None)
    return f" by {partitions.name}" if partitions else ""
