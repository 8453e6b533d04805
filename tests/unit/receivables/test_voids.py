"""Who may void a receipt, and until when."""

from __future__ import annotations

from typing import Any

import pytest

from receivables.documents import Author
from receivables.voids import plan_copy, plan_void
from tests.support.builders import NOW, QUITO, ULID

RECEIPT = {
    "_id": "receipt:R1:00000004", "number": "R1-00000004", "local_on": "2026-11-21",
    "created_at": "2026-11-21T14:00:00Z", "payments": [{"method": "cash", "amount": 500}],
}  # fmt: skip
AUTHOR = Author(company="andina", collector="ana", device="D1", ulid=ULID, now=NOW, zone=QUITO)
BANKED = {"created_at": "2026-11-21T14:30:00Z", "cash": 100, "cheques": []}
NOTHING: dict[str, Any] = {"voids": [], "copies": [], "deposits": [], "closes": [], "posting": None}


def test_a_receipt_of_this_session_is_voided_with_a_reason() -> None:
    void = plan_void(RECEIPT, reason="wrong_amount", author=AUTHOR, **NOTHING)
    assert isinstance(void, dict)
    assert (void["receipt"], void["reason"]) == ("receipt:R1:00000004", "wrong_amount")


@pytest.mark.parametrize(
    ("known", "receipt", "code"),
    [
        ({"voids": [{"receipt": RECEIPT["_id"]}]}, {}, "void_repeated"),
        ({"copies": [{"receipt": RECEIPT["_id"]}]}, {}, "void_shared"),
        ({"deposits": [{"cash": 0, "cheques": [{"receipt": RECEIPT["_id"]}]}]}, {}, "void_deposited"),
        ({"deposits": [BANKED]}, {}, "void_banked"),
        ({"deposits": [BANKED | {"created_at": RECEIPT["created_at"]}]}, {}, "void_banked"),
        ({"closes": [{"receipts": [RECEIPT["_id"]]}]}, {}, "void_closed"),
        ({"posting": {"state": "posted"}}, {}, "void_posted"),
        ({"posting": {"state": "sending"}}, {}, "void_posted"),
        ({}, {"local_on": "2026-11-20"}, "void_closed"),
    ],
)
def test_what_left_the_phone_is_the_supervisors_to_void(known: Any, receipt: Any, code: str) -> None:
    problems = plan_void(RECEIPT | receipt, reason="wrong_amount", author=AUTHOR, **NOTHING | known)
    assert isinstance(problems, list)
    assert [problem.code for problem in problems] == [code]


@pytest.mark.parametrize(
    ("deposit", "receipt"),
    [
        ({"created_at": "2026-11-21T13:59:59Z"}, {}),  # before the receipt: its money was not in it
        ({"cash": 0}, {}),
        ({}, {"payments": [{"method": "card", "amount": 500}]}),
    ],
)
def test_a_deposit_that_has_nothing_of_the_receipt_forbids_nothing(deposit: Any, receipt: Any) -> None:
    known = NOTHING | {"deposits": [BANKED | deposit]}
    assert isinstance(plan_void(RECEIPT | receipt, reason="wrong_amount", author=AUTHOR, **known), dict)


def test_a_rejected_receipt_may_still_be_voided() -> None:
    known = NOTHING | {"posting": {"state": "rejected"}}
    assert isinstance(plan_void(RECEIPT, reason="wrong_amount", author=AUTHOR, **known), dict)


def test_a_void_without_a_reason_is_refused() -> None:
    problems = plan_void(RECEIPT, reason="because", author=AUTHOR, **NOTHING)
    assert isinstance(problems, list)
    assert [problem.code for problem in problems] == ["void_reason_missing"]


def test_copies_are_counted() -> None:
    first = plan_copy(RECEIPT, means="share", copies=[], author=AUTHOR)
    second = plan_copy(RECEIPT, means="save", copies=[first, {"receipt": "other"}], author=AUTHOR)
    assert (first["copy"], second["copy"], second["means"]) == (1, 2, "save")
