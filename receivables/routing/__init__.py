"""The order of a day's visits: what a route costs, and how a phone finds a good one without a network.

`model` says what a day is (stops, windows, who must be visited) and what an order costs; `search` finds a
good order in pure Python. The server plans with PyVRP over the same costs (`backend.routing`).
"""

from receivables.routing.model import (
    END_OF_DAY_S,
    Day,
    Plan,
    Schedule,
    Stop,
    Unserved,
    schedule_of,
    travel_seconds,
)
from receivables.routing.search import plan_route

__all__ = [
    "END_OF_DAY_S",
    "Day",
    "Plan",
    "Schedule",
    "Stop",
    "Unserved",
    "plan_route",
    "schedule_of",
    "travel_seconds",
]
