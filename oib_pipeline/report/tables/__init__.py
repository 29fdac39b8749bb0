"""Tables of the report, a module each: a frame in, a printed table out."""
