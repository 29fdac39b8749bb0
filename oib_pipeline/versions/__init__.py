"""What is up to date, by content: fingerprints of inputs, code and slices, and the plan they make.

Nothing here imports pandas or Dagster, so that finding nothing to do is quick.
"""
