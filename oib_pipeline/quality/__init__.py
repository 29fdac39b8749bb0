"""Checks between stages, to plain outcomes."""
