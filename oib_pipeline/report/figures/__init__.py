"""Figures of the report: a frame in, a drawing out."""
