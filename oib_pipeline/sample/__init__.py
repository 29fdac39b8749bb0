"""Synthetic sample releases."""
