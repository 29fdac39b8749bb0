"""A workbook to observations."""
