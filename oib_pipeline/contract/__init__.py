"""What the data mean: variables, units, tables and the errors people read."""
