"""The Dagster side: assets, checks, partitions, jobs. Nothing is loaded by importing it."""
