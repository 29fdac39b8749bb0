"""Observations to the panel."""
