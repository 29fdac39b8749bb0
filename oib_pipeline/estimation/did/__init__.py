"""Difference-in-differences designs."""
