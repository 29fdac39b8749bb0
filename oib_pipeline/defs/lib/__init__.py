"""What the definitions share: specs, materialization, locks, the event log."""
