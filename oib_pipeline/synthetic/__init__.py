"""Synthetic sample releases: a made-up yearbook whose effects are known."""
