"""What a bench script gives back: figures beside their peers, measured in the same run.

Every script of `bench/` is a module with `figures() -> Iterable[Figure]`. It raises `Lacking`, with one
plain sentence, where something it needs is not there.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any


class Lacking(Exception):
    """One sentence: what is missing, and how to get it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`value` in `unit`; `beside` names what it is compared with. `met` is None where there is no target."""

    name: str
    value: float
    unit: str
    beside: dict[str, float] = field(default_factory=dict)
    target: str = ""
    met: bool | None = None

    @property
    def ratio(self) -> float | None:
        """`value` to the first figure beside it."""
        first = next(iter(self.beside.values()), 0)
        return self.value / first if first else None

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio}


def table(figures: list[Figure]) -> str:
    """Return the figures as aligned text, one line each."""
    rows = [("figure", "ours", "beside", "ratio", "target", "")]
    for one in figures:
        beside = ", ".join(f"{name} {_number(value)}" for name, value in one.beside.items())
        verdict = {True: "met", False: "MISSED", None: ""}[one.met]
        ratio = "" if one.ratio is None else _number(one.ratio)
        rows.append((one.name, f"{_number(one.value)} {one.unit}", beside, ratio, one.target, verdict))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"
