"""Indices of industrial structure and the controls."""
