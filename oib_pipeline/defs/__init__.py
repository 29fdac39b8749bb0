"""The Dagster side: assets, checks, partitions, jobs, sensors, schedules."""
