"""Cash on the road: what is in the bag, what may leave it, and a close that adds up."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from receivables.access import may_write
from receivables.cash import (
    CashSession,
    CashState,
    cash_limit_problems,
    cash_session,
    cash_state,
    counted_of,
    plan_close,
    plan_deposit,
)
from receivables.documents import Author
from receivables.validation import Problem
from tests.support.builders import NOW, QUITO, TODAY, usd

SIGNED = {"name": "Ana Paredes", "strokes": [[1, 2, 3, 4]]}
RECEIVED = {"name": "Caja central", "strokes": [[5, 6, 7, 8]]}

Json = dict[str, Any]
_ulids = (f"01KAKYX7M8{number:016d}" for number in itertools.count(1))


def author() -> Author:
    return Author(
        company="andina", collector="ana", device="D1", ulid=next(_ulids), now=NOW, zone=QUITO
    )  # fmt: skip


def receipt(counter: int, *lines: tuple[str, int], **fields: Any) -> Json:
    payments = [
        {"method": method, "amount": minor, "bank": "Pichincha", "number": f"{counter}-{index}"}
        for index, (method, minor) in enumerate(lines)
    ]
    return {"_id": f"receipt:R1:{counter:08d}", "currency": "USD", "payments": payments, **fields}


def session(receipts: Any = (), voids: Any = (), deposits: Any = (), closes: Any = ()) -> CashSession:
    return cash_session(receipts, voids, deposits, closes, currency="USD")


def a_deposit(running: CashSession, **fields: Any) -> Json | list[Problem]:
    values: Json = {
        "cash": usd("10.00"), "cheques": [], "bank": "Pichincha", "account": "", "number": "D-1",
        "deposited_on": TODAY, "known": [], "author": author(),
    }  # fmt: skip
    return plan_deposit(running, **values | fields)


def a_close(running: CashSession, **fields: Any) -> Json | list[Problem]:
    values: Json = {
        "counted": running.expected, "denominations": {}, "reason": "", "signature": SIGNED,
        "receiver": RECEIVED, "author": author(),
    }  # fmt: skip
    return plan_close(running, **values | fields)


def done(plan: Json | list[Problem]) -> Json:
    assert isinstance(plan, dict), plan
    roles = ["andina:collector", "c:ana", "d:D1", "series:R1"]
    assert may_write(plan, None, database="andina-c-ana", roles=roles) is None
    return plan


def codes(plan: Json | list[Problem]) -> list[str]:
    assert isinstance(plan, list), plan
    return [problem.code for problem in plan]


def test_the_bag_holds_cash_received_less_voided_and_deposited() -> None:
    receipts = [
        receipt(1, ("cash", 5000)),
        receipt(2, ("cash", 700), ("cheque", 9000)),
        receipt(3, ("card", 1)),
    ]
    deposit = done(a_deposit(session(receipts), cash=usd("20.00")))
    running = session(receipts, [{"receipt": "receipt:R1:00000002"}], [deposit])
    assert (running.collected, running.voided, running.deposited) == (usd("57.00"), usd("7.00"), usd("20.00"))
    assert running.expected == usd("30.00")
    assert running.cheques == ()  # its receipt was voided


def test_a_cheque_is_in_hand_until_it_is_deposited_or_handed_over() -> None:
    receipts = [receipt(1, ("cheque", 100)), receipt(2, ("cheque", 200)), receipt(3, ("cheque", 300))]
    first = session(receipts)
    assert first.cheques_total == usd("6.00")
    deposit = done(a_deposit(first, cash=usd("0"), cheques=[first.cheques[0].key]))
    second = session(receipts, (), [deposit])
    assert [each.amount.minor for each in second.cheques] == [200, 300]
    close = done(a_close(second))
    assert [each["amount"] for each in close["cheques"]] == [200, 300]
    assert session(receipts, (), [deposit], [close]).is_empty


def test_a_close_settles_what_it_names_whatever_the_clock_says() -> None:
    early = receipt(1, ("cash", 5000), created_at="2030-01-01T00:00:00Z")
    close = done(a_close(session([early])))
    late = receipt(2, ("cash", 300), created_at="2020-01-01T00:00:00Z")
    running = session([late, early], (), (), [close])
    assert running.expected == usd("3.00")
    assert running.receipts == ("receipt:R1:00000002",)
    assert running.previous == close["_id"]


def test_cash_that_nobody_received_opens_the_next_session() -> None:
    close = done(a_close(session([receipt(1, ("cash", 5000))]))) | {"receiver": None}
    assert session((), (), (), [close]).expected == usd("50.00")


@given(
    lines=st.lists(
        st.tuples(st.sampled_from(["cash", "cheque", "card"]), st.integers(1, 10**6)), max_size=12
    ),
    parts=st.lists(st.integers(1, 10**6), max_size=4),
    cut=st.integers(0, 12),
)
def test_nothing_is_lost_between_sessions(lines: Any, parts: list[int], cut: int) -> None:
    """Cash received = deposited + handed over + in the bag, whenever it is deposited and closed."""
    receipts = [receipt(number, line) for number, line in enumerate(lines, start=1)]
    deposits: list[Json] = []
    closes: list[Json] = []
    for number, part in enumerate(parts):
        running = session(receipts[:cut], (), deposits)
        if part <= running.expected.minor:
            cash = usd("0") + type(running.expected)(part, "USD")
            deposits.append(done(a_deposit(running, cash=cash, number=f"D-{number}", known=deposits)))
    first = session(receipts[:cut], (), deposits)
    if not first.is_empty:
        closes.append(done(a_close(first)))
    rest = session(receipts[::-1], (), deposits, closes)
    received = sum(minor for method, minor in lines if method == "cash")
    banked = sum(each["cash"] for each in deposits)
    handed = sum(each["counted"] for each in closes)
    assert received == banked + handed + rest.expected.minor


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"cash": usd("50.01")}, ["deposit_exceeds_cash"]),
        ({"cash": usd("0")}, ["amount_not_positive"]),
        ({"bank": " ", "number": ""}, ["field_missing", "field_missing"]),
        ({"deposited_on": TODAY.replace(day=22)}, ["date_in_future"]),
        ({"cheques": [("receipt:R1:00000009", "x")]}, ["cheque_not_in_hand"]),
        ({"known": [{"bank": "Pichincha", "number": "D-1"}]}, ["slip_already_used"]),
        ({"number": "9" * 201, "account": "9" * 201}, ["text_too_long", "text_too_long"]),
    ],
)
def test_a_deposit_that_cannot_be_is_refused_with_every_reason(fields: Json, expected: list[str]) -> None:
    assert codes(a_deposit(session([receipt(1, ("cash", 5000))]), **fields)) == expected


def test_the_bank_takes_no_cheque_before_its_date() -> None:
    later = receipt(1, ("cheque", 100))
    later["payments"][0]["cheque_on"] = "2026-11-30"
    running = session([later])
    assert codes(a_deposit(running, cash=usd("0"), cheques=[running.cheques[0].key])) == ["cheque_not_due"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"counted": usd("49.00")}, ["difference_unexplained"]),
        ({"signature": None}, ["signature_not_drawn"]),
        ({"receiver": {"name": "", "strokes": [[1, 2]]}}, ["field_missing"]),
        ({"receiver": {"name": "Caja", "strokes": []}}, ["receiver_missing"]),
        ({"counted": usd("49.00"), "reason": "x" * 4001}, ["text_too_long"]),
        ({"receiver": {"name": "x" * 201, "strokes": [[1, 2]]}}, ["text_too_long"]),
    ],
)
def test_a_close_needs_a_reason_for_a_difference_and_two_signatures(
    fields: Json, expected: list[str]
) -> None:
    assert codes(a_close(session([receipt(1, ("cash", 5000))]), **fields)) == expected


def test_a_shortage_is_below_zero_and_a_surplus_above() -> None:
    running = session([receipt(1, ("cash", 5000))])
    pieces = {2000: 2, 500: 1, 100: 0}
    close = done(
        a_close(running, counted=counted_of(pieces, "USD"), denominations=pieces, reason="Faltó un billete")
    )
    assert (close["counted"], close["difference"]) == (4500, -500)
    assert close["denominations"] == [{"value": 2000, "count": 2}, {"value": 500, "count": 1}]


def test_there_is_nothing_to_close_twice() -> None:
    receipts = [receipt(1, ("cash", 5000))]
    close = done(a_close(session(receipts)))
    assert codes(a_close(session(receipts, (), (), [close]))) == ["nothing_to_close"]


@pytest.mark.parametrize(
    ("in_hand", "state"), [("79.99", CashState.FREE), ("80.00", CashState.NEAR), ("100.00", CashState.FULL)]
)
def test_the_limit_warns_at_four_fifths_and_blocks_at_the_whole(in_hand: str, state: CashState) -> None:
    assert cash_state(usd(in_hand), usd("100.00")) is state
    assert cash_state(usd(in_hand), None) is CashState.FREE


def test_cash_beyond_the_limit_is_refused_and_other_means_are_not() -> None:
    assert cash_limit_problems(usd("90.00"), usd("10.00"), usd("100.00")) == []
    [problem] = cash_limit_problems(usd("90.00"), usd("10.01"), usd("100.00"))
    assert (problem.code, problem.data["room_minor"]) == ("cash_limit_reached", 1000)
    assert cash_limit_problems(usd("900.00"), usd("0"), usd("100.00")) == []
