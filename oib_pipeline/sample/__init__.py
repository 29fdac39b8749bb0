"""Synthetic sample releases: a yearbook that never was, with effects that are known."""
