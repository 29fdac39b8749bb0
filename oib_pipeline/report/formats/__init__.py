"""A document as a web page, PDF, Word file, LaTeX and csv."""
