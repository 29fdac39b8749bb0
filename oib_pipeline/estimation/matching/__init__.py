"""Propensity scores, matching and PSM-DID."""
