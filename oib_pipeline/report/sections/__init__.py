"""Sections of the report: inputs in, text with its tables and figures out."""
