"""What the registry's policies mean to a study: which documents belong to which policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

# The second policy that every study marks in its panel, leaves out and controls for.
DEMONSTRATION = "demonstration_areas"
SEPARATOR = ";"


def policies_named(cell: str) -> list[str]:
    """The policies that a row of documents.csv names in its column ``policies``."""
    return [name.strip() for name in cell.split(SEPARATOR) if name.strip()]


def documents_of(
    policy: str, documents: Iterable[Mapping[str, str]], policies: Iterable[Mapping[str, str]]
) -> set[str]:
    """Documents of a policy: those named by its rows of policies.csv, and those that name it.

    A row of documents.csv whose column ``policies`` is blank or absent belongs to no policy but
    those whose rows name it, so that it shows in no other study's report.
    """
    named = {row.get("document") or "" for row in policies if row.get("policy") == policy}
    return named | {
        row.get("document") or ""
        for row in documents
        if policy in policies_named(row.get("policies") or "")
    }


def without_policy(
    documents: Iterable[Mapping[str, str]], policies: Iterable[Mapping[str, str]]
) -> list[str]:
    """Documents that belong to no policy, and so show in no report; sorted."""
    named = {row.get("document") for row in policies}
    return sorted(
        row["document"]
        for row in documents
        if row.get("document") not in named and not policies_named(row.get("policies") or "")
    )
