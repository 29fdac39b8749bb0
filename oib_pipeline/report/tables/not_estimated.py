"""Notes on models without an estimate: which, and why."""

from __future__ import annotations

import pandas as pd

from oib_pipeline.report.labels import short


def not_estimated(frame: pd.DataFrame) -> tuple[str, ...]:
    """A note a reason: which rows have no estimate, and why."""
    if "note" not in frame:
        return ()
    rows = frame[frame["estimate"].isna()]
    notes = []
    for reason, part in rows.groupby("note", sort=False):
        listed = [f"{short(row.outcome)}, {row.model}" for row in part.itertuples()]
        more = f" and {len(listed) - 3} more" if len(listed) > 3 else ""
        notes.append(f"{'; '.join(listed[:3])}{more}: n.a. because {str(reason).rstrip('.')}.")
    return tuple(notes)
