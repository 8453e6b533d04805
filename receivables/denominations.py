"""Notes and coins of a currency, largest first, in minor units: what a count of cash asks for."""

from __future__ import annotations

from collections.abc import Mapping

PIECES: Mapping[str, tuple[int, ...]] = {
    "USD": (10000, 5000, 2000, 1000, 500, 200, 100, 50, 25, 10, 5, 1),
    "COP": (10000000, 5000000, 2000000, 1000000, 500000, 200000, 100000, 50000, 20000, 10000, 5000),
    "PEN": (20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10),
    "MXN": (100000, 50000, 20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50),
    "CLP": (20000, 10000, 5000, 2000, 1000, 500, 100, 50, 10),
    "ARS": (2000000, 1000000, 200000, 100000, 50000, 20000, 10000, 5000, 2000, 1000),
}
"""In circulation in 2026, as the central banks list them. USD with the dollar coins of Ecuador."""


def pieces_of(currency: str) -> tuple[int, ...]:
    """The pieces of `currency`; for one that is not listed a single piece, the minor unit."""
    return PIECES.get(currency, (1,))
