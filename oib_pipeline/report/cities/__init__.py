"""A page for each city of a study: its indices among others', and every value with its cell."""
