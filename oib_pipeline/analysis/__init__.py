"""Which models a study gets, and the long tables of their results."""
