"""Words for ways of matching and of inference."""

from __future__ import annotations

METHODS = {
    "nearest": "nearest neighbour",
    "kernel": "kernel",
    "radius": "radius",
}
MATCHED_ON = {
    "unit": "Cities matched once, on their means before the policy",
    "unit-time": "City-years matched one by one (stacked)",
}
INFERENCE = {
    "CR0": "CR0",
    "convention": "This report’s convention",
    "PanelOLS default": "PanelOLS default",
    "wild bootstrap (rademacher)": "Wild bootstrap, Rademacher",
    "wild bootstrap (webb)": "Wild bootstrap, Webb",
    "permutation (t)": "Permutation of t",
    "permutation (coefficient)": "Permutation of the estimate",
    "permutation (t), within regions": "Permutation of t, within regions",
    "permutation (t), by capital": "Permutation of t, capitals apart",
}


def inference_words(method: str) -> str:
    """A way of judging an estimate's error, in words."""
    return INFERENCE.get(method, method)


def method_words(method: str) -> str:
    """A way of matching in words; one nobody described stands for itself."""
    return METHODS.get(method, method)


def matched_on_words(kind: str) -> str:
    """What was matched, in words."""
    return MATCHED_ON.get(kind, kind)
