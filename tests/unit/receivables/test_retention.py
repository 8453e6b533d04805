"""What may be forgotten is old, and nothing that is still counted depends on it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from receivables.cash import cash_session
from receivables.retention import forgettable

BEFORE = date(2026, 9, 20)
Json = dict[str, Any]


def fact(kind: str, key: str, day: int, **body: Any) -> Json:
    """`day` counts from the limit: -1 is the last one that is old."""
    on = (BEFORE + timedelta(days=day)).isoformat()
    identity = f"receipt:R1:{key:0>8}" if kind == "receipt" else f"{kind}:ana:{key}"
    return {"_id": identity, "local_on": on, "created_at": f"{on}T12:00:00Z", **body}


def receipt(key: str, day: int, method: str = "cash") -> Json:
    line = {"method": method, "amount": 100, "bank": "Pichincha", "number": key}
    return fact("receipt", key, day, currency="USD", payments=[line])


def close(key: str, day: int, *receipts: Json, deposits: tuple[Json, ...] = ()) -> Json:
    return fact(
        "cash_close", key, day, currency="USD", receipts=[each["_id"] for each in receipts],
        deposits=[each["_id"] for each in deposits], cheques=[], counted=0, receiver="Caja",
    )  # fmt: skip


def test_old_visits_go_and_recent_ones_stay() -> None:
    facts = [fact("visit", "1", -1), fact("visit", "2", 0), fact("note", "3", -400)]
    assert forgettable(facts, before=BEFORE) == {"visit:ana:1", "note:ana:3"}


def test_a_promise_stays_until_it_has_long_been_due() -> None:
    due = (BEFORE + timedelta(days=9)).isoformat()
    kept = fact("promise", "1", -80, promised_on=due)
    gone = fact("promise", "2", -80, promised_on=(BEFORE - timedelta(days=1)).isoformat())
    assert forgettable([kept, gone], before=BEFORE) == {"promise:ana:2"}


def test_money_in_the_bag_keeps_all_money_since() -> None:
    first, second, third = receipt("1", -30), receipt("2", -20), receipt("3", -10)
    shut = close("A", -25, first)
    latest = close("B", -5, third)
    assert forgettable([first, second, third, shut, latest], before=BEFORE) == {first["_id"], shut["_id"]}


def test_a_cheque_in_hand_is_money_in_the_bag() -> None:
    cheque = receipt("1", -30, "cheque")
    assert forgettable([cheque, close("A", -25, cheque), close("B", 0)], before=BEFORE) == set()


def test_what_the_caller_needs_stays_with_the_money_after_it() -> None:
    unanswered, later = receipt("1", -30), receipt("2", -20)
    facts = [unanswered, later, close("A", -10, unanswered, later), close("B", 0)]
    assert forgettable(facts, before=BEFORE, needed={unanswered["_id"]}) == set()


def test_what_tells_no_day_stays() -> None:
    assert forgettable([{"_id": "note:ana:1"}], before=BEFORE) == set()


STEPS = st.tuples(st.sampled_from(["cash", "cheque", "close", "deposit"]), st.integers(-90, 20))


@given(st.lists(STEPS, max_size=14))
def test_the_bag_is_the_same_after_forgetting(story: list[tuple[str, int]]) -> None:
    facts: list[Json] = []
    for number, (what, day) in enumerate(sorted(story, key=lambda step: step[1])):
        kinds = {kind: [each for each in facts if each["_id"].startswith(kind)] for kind in _KINDS}
        running = cash_session(*kinds.values(), currency="USD")
        if what in {"cash", "cheque"}:
            facts.append(receipt(str(number), day, what))
        elif what == "close":
            held = [each for each in facts if each["_id"] in running.receipts]
            banked = tuple(each for each in facts if each["_id"] in running.deposits)
            facts.append(close(f"{number:02d}", day, *held, deposits=banked))
        else:
            cheques = [each.to_json() for each in running.cheques]
            facts.append(fact("deposit", f"{number:02d}", day, currency="USD", cash=0, cheques=cheques))
    gone = forgettable(facts, before=BEFORE)
    assert _bag([each for each in facts if each["_id"] not in gone]) == _bag(facts)


_KINDS = ("receipt:", "receipt_void:", "deposit:", "cash_close:")


def _bag(facts: list[Json]) -> Any:
    return cash_session(
        *([each for each in facts if each["_id"].startswith(kind)] for kind in _KINDS), currency="USD"
    )
