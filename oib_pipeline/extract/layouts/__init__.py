"""The tables that say what titles, headers and labels mean."""
