"""Sections of the report, a module each: inputs in, text with its tables and figures out."""
