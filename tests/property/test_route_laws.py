"""Laws of a route that is put into another order."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from receivables.identifiers import ULID, following_ulid
from receivables.planned_stops import PlannedStop, moves_to, planned_route

ON = date(2026, 11, 20)
CUSTOMERS = [f"C{number}" for number in range(12)]


@st.composite
def two_orders(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    chosen = draw(st.lists(st.sampled_from(CUSTOMERS), unique=True))
    return chosen, draw(st.permutations(chosen))


def longest_rising(numbers: list[int]) -> int:
    """The length of the longest rising subsequence, by the textbook's quadratic way."""
    best = [1] * len(numbers)
    for last, number in enumerate(numbers):
        best[last] += max((best[place] for place in range(last) if numbers[place] < number), default=0)
    return max(best, default=0)


@given(two_orders())
def test_the_moves_recorded_one_after_the_other_give_the_order_wanted(
    orders: tuple[list[str], list[str]],
) -> None:
    standing, wanted = orders
    moves = moves_to([PlannedStop(customer, "supervisor") for customer in standing], wanted)
    ulid, changes = "01KDAY0000000000000000000Z", []
    for customer, position in moves:
        changes.append(
            {
                "_id": f"planned_stop:ana:{ulid}",
                "created_at": "2026-11-20T15:00:00Z",
                "route_on": ON.isoformat(),
                "customer": customer,
                "change": "move",
                "position": position,
            }
        )
        ulid = following_ulid(ulid)
    plan = [{"customer": customer, "origin": "supervisor"} for customer in standing]
    for arrived in (changes, changes[::-1]):
        assert [stop.customer for stop in planned_route(plan, arrived, on=ON)] == wanted
    assert len(moves) == len(standing) - longest_rising([wanted.index(customer) for customer in standing])


@given(st.from_regex(ULID, fullmatch=True).filter(lambda ulid: ulid != "7" + "Z" * 25))
def test_the_following_ulid_sorts_after_and_nothing_is_between(ulid: str) -> None:
    following = following_ulid(ulid)
    assert ULID.fullmatch(following)
    assert following > ulid
    assert following[-1] == "0" or following[:-1] == ulid[:-1]
