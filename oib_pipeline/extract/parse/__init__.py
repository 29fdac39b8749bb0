"""Grids to values: titles, headers, row labels, years, scopes and units."""
