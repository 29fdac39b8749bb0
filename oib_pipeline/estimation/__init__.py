"""Econometrics: plain functions on a DataFrame."""
