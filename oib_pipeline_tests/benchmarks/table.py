"""The rows a benchmark prints: ours, the peer's, their ratio, what it should be, whether it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

HEAD = ("subject", "ours", "peer", "ratio", "target", "met")


@dataclass(frozen=True)
class Row:
    """One comparison; ``target`` is None where it only informs."""

    subject: str
    ours: str
    peer: str
    ratio: float
    target: float | None = None
    at_least: bool = True

    @property
    def met(self) -> bool | None:
        if self.target is None:
            return None
        return self.ratio >= self.target if self.at_least else self.ratio <= self.target

    def cells(self) -> tuple[str, ...]:
        sign = "≥" if self.at_least else "≤"
        target = "" if self.target is None else f"{sign} {_number(self.target)}"
        met = {None: "", True: "yes", False: "**no**"}[self.met]
        return (self.subject, self.ours, self.peer, _number(self.ratio), target, met)


def faster(subject: str, ours: float, peer: float, ratio: float, target: float | None) -> Row:
    """How many times longer the peer takes; times in seconds."""
    return Row(subject, time_text(ours), time_text(peer), ratio, target)


def share(subject: str, ours: float, peer: float, ratio: float, target: float | None) -> Row:
    """Our time as a share of the peer's; times in seconds."""
    return Row(subject, time_text(ours), time_text(peer), ratio, target, at_least=False)


def less_memory(subject: str, ours: float, peer: float, target: float | None) -> Row:
    """Our memory as a share of the peer's, in MB."""
    ratio = ours / max(peer, 0.01)
    return Row(subject, f"{ours:,.1f} MB", f"{peer:,.1f} MB", ratio, target, at_least=False)


def markdown(rows: Iterable[Row]) -> str:
    """The rows as a table."""
    lines = [HEAD, ("---", "---:", "---:", "---:", "---:", "---"), *(row.cells() for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def time_text(seconds: float) -> str:
    """A time with three digits, in the unit that suits it."""
    for size, unit in ((1, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}" if seconds < 1000 else f"{seconds:,.0f} s"
    return f"{seconds * 1e9:.3g} ns"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
