"""From China's city yearbooks to the estimates of a place-based policy."""
