"""Figures of the report, a module each: a frame in, a drawing out."""
