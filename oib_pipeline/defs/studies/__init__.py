"""The assets of one study."""
