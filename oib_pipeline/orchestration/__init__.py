"""The Dagster side: assets, checks, partitions, jobs."""
