"""A DataFrame to arrays: columns, the panel, treatment."""
