"""Files to grids of cells, within size limits."""
