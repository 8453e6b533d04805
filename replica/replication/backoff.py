"""How long to wait after a failure: doubling, capped, spread by chance, and never less than the peer asked
for.
"""

from __future__ import annotations

from replica.errors import ReplicaError, ServerFailure, TooManyRequests, Unreachable
from replica.tuning import BACKOFF_FIRST_SECONDS, BACKOFF_MOST_SECONDS


def delay_seconds(attempt: int, *, chance: float, error: ReplicaError | None = None) -> float:
    """Return the wait after the `attempt`-th failure in a row (1 is the first). `chance` is in [0, 1).

    The wait lies between half of the step and the whole of it, so that a thousand phones that lost the
    same server do not come back in the same second.
    """
    step = min(BACKOFF_MOST_SECONDS, BACKOFF_FIRST_SECONDS * 2.0 ** min(max(attempt, 1) - 1, 32))
    wait = step * (0.5 + chance / 2)
    asked = error.retry_after if isinstance(error, TooManyRequests) else None
    return wait if asked is None else asked + wait * min(1.0, chance)


def is_passing(error: ReplicaError) -> bool:
    """Whether the same request may succeed later without anyone changing anything."""
    return isinstance(error, Unreachable | TooManyRequests | ServerFailure)
