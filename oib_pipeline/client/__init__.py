"""`oib refresh` and `oib status`: clients of the Dagster instance."""
