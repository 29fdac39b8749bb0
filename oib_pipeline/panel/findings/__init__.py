"""Rules that name suspicious values in the panel and its sources."""
