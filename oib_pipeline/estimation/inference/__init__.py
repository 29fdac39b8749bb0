"""Inference for few treated clusters."""
