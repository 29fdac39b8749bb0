"""Tables of the report: a frame in, a printed table out."""
