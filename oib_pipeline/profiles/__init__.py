"""A page for each city of a study: its indices among others', and every value with its cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oib_pipeline.profiles.inputs import ProfileInputs
    from oib_pipeline.profiles.writing import write_profiles

__all__ = ["ProfileInputs", "write_profiles"]


def __getattr__(name: str) -> Any:
    """The public face, loaded when it is first used."""
    if name == "ProfileInputs":
        from oib_pipeline.profiles.inputs import ProfileInputs

        return ProfileInputs
    if name == "write_profiles":
        from oib_pipeline.profiles.writing import write_profiles

        return write_profiles
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
