"""Payment lines: what each method needs, and what the policy says of them."""

from __future__ import annotations

from typing import Any

import pytest

from receivables.documents import BadDocument
from receivables.money import Money
from receivables.payments import MEANS, PaymentKey, PaymentLine, payment_problems
from receivables.validation import Problem
from tests.support.builders import TODAY, a_cheque, a_policy, a_transfer, cash, codes, usd


def check(*payments: PaymentLine, known: frozenset[PaymentKey] = frozenset(), **policy: Any) -> list[Problem]:
    return payment_problems(payments, currency="USD", policy=a_policy(**policy), on=TODAY, known=known)


def a_card(**details: str) -> PaymentLine:
    return PaymentLine(
        "card", usd("5.00"), {"brand": "Visa", "last4": "4242", "authorisation": "A1", **details}
    )


def a_withholding(**details: str) -> PaymentLine:
    return PaymentLine("withholding", usd("13.78"), {"number": "001-001-000000044", "tax": "iva", **details})


def test_every_method_with_its_fields_is_fine() -> None:
    assert check(cash("1.00"), a_cheque(), a_transfer(), a_card(), a_withholding()) == []


def test_no_payment_is_a_problem() -> None:
    assert codes(check()) == ["no_payments"]


@pytest.mark.parametrize(
    ("method", "name"), [(method.value, name) for method, means in MEANS.items() for name in means.required]
)
def test_each_required_field_is_missed(method: str, name: str) -> None:
    complete = {
        "cheque": a_cheque(),
        "transfer": a_transfer(),
        "card": a_card(),
        "withholding": a_withholding(),
    }[method]
    for blank in ({**complete.details, name: "  "}, {k: v for k, v in complete.details.items() if k != name}):
        problems = check(PaymentLine(method, complete.amount, blank))
        assert Problem("field_missing", f"payments.0.{name}", {"method": method, "name": name}) in problems


@pytest.mark.parametrize(
    ("cheque_on", "expected"),
    [("2026-11-21", []), ("2026-12-21", []), ("2026-12-22", ["cheque_too_far"]), ("2026-11-01", [])],
)
def test_cheque_may_be_post_dated_up_to_the_policy(cheque_on: str, expected: list[str]) -> None:
    assert codes(check(a_cheque(cheque_on=cheque_on))) == expected


def test_the_problem_of_a_cheque_says_how_many_days() -> None:
    (problem,) = check(a_cheque(cheque_on="2027-01-05"))
    assert problem == Problem("cheque_too_far", "payments.0.cheque_on", {"days": 45, "max_days": 30})


@pytest.mark.parametrize("text", ["30-11-2026", "20261130", "2026-02-30", "mañana"])
def test_unreadable_date_is_told(text: str) -> None:
    assert codes(check(a_cheque(cheque_on=text))) == ["date_unreadable"]


@pytest.mark.parametrize(
    ("on", "expected"), [("2026-11-20", []), ("2026-11-21", []), ("2026-11-22", ["transfer_in_future"])]
)
def test_transfer_is_not_of_tomorrow(on: str, expected: list[str]) -> None:
    assert codes(check(a_transfer(transferred_on=on))) == expected


@pytest.mark.parametrize(
    ("last4", "expected"),
    [
        ("0001", []),
        ("424", ["last4_invalid"]),
        ("42424", ["last4_invalid"]),
        ("42a4", ["last4_invalid"]),
        ("٤٢٤٢", ["last4_invalid"]),
    ],
)
def test_card_shows_four_digits(last4: str, expected: list[str]) -> None:
    assert codes(check(a_card(last4=last4))) == expected


def test_access_key_of_a_withholding_is_checked() -> None:
    key = "0403201301179226110400110015010000000081234567816"
    assert check(a_withholding(access_key=key)) == []
    assert codes(check(a_withholding(access_key=key[:-1] + "7"))) == ["access_key_invalid"]


@pytest.mark.parametrize("amount", ["0.00", "-1.00"])
def test_amount_of_a_line_is_positive(amount: str) -> None:
    assert codes(check(cash(amount))) == ["amount_not_positive"]


def test_line_in_another_currency_is_told() -> None:
    assert codes(check(PaymentLine("cash", Money(5, "EUR")))) == ["payment_in_other_currency"]


def test_unknown_method_is_told() -> None:
    assert codes(check(PaymentLine("barter", usd("1.00")))) == ["method_unknown"]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [("200.00", "300.00", []), ("200.00", "300.01", ["cash_over_cap"]), ("500.01", None, ["cash_over_cap"])],
)
def test_cash_of_all_lines_together_stays_below_the_cap(
    first: str, second: str | None, expected: list[str]
) -> None:
    lines = [cash(text) for text in (first, second) if text]
    assert codes(check(*lines, cash_cap=50000)) == expected


def test_cash_cap_is_of_the_policys_currency_only() -> None:
    euros = PaymentLine("cash", Money(99999, "EUR"))
    assert payment_problems([euros], currency="EUR", policy=a_policy(cash_cap=1), on=TODAY) == []


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ({}, ["payment_repeated"]),
        ({"bank": " pichincha "}, ["payment_repeated"]),
        ({"number": "000124"}, []),
        ({"account": "2101"}, []),
        ({"drawer": "someone else"}, ["payment_repeated"]),
    ],
)
def test_same_cheque_twice_in_a_receipt_is_told(other: dict[str, str], expected: list[str]) -> None:
    assert codes(check(a_cheque("1.00"), a_cheque("2.00", **other))) == expected


def test_cash_has_no_identity_and_may_come_in_several_lines() -> None:
    assert cash("1.00").key is None
    assert check(cash("1.00"), cash("1.00")) == []


def test_payment_of_an_earlier_receipt_is_told() -> None:
    key = a_transfer().key
    assert key is not None
    assert codes(check(a_transfer(reference="t-1"), known=frozenset({key}))) == ["payment_already_used"]


def test_two_incomplete_cheques_are_missing_fields_not_repeated() -> None:
    blank = PaymentLine("cheque", usd("1.00"), {})
    assert set(codes(check(blank, blank))) == {"field_missing"}


def test_line_survives_the_round_trip_with_what_it_does_not_know() -> None:
    doc = {"method": "qr", "amount": 100.0, "wallet": "x"}
    assert PaymentLine.from_json(doc, "USD").to_json() == {"method": "qr", "amount": 100, "wallet": "x"}


@pytest.mark.parametrize(("length", "expected"), [(200, []), (201, ["text_too_long"])])
def test_text_longer_than_the_database_takes_is_told(length: int, expected: list[str]) -> None:
    assert codes(check(a_cheque(drawer="ñ" * length))) == expected


@pytest.mark.parametrize(("count", "expected"), [(100, []), (101, ["too_many_lines"])])
def test_more_lines_than_the_database_takes_are_told(count: int, expected: list[str]) -> None:
    assert codes(check(*[cash("1.00")] * count)) == expected


PHOTOGRAPHED = [{"id": "photo:ana:01KA00000000000000000000V1", "sha256": "ab" * 32}] * 5


def test_a_cheque_needs_a_photo_only_where_the_company_asks_for_one() -> None:
    assert codes(check(a_cheque(), cheque_photo="required")) == ["cheque_photo_missing"]
    assert check(a_cheque(photos=PHOTOGRAPHED), cheque_photo="required") == [], "their names are no text"
    assert check(a_transfer(), cheque_photo="required") == []
    assert check(a_cheque(), cheque_photo="optional") == []


def test_a_policy_with_another_word_for_the_photo_is_broken() -> None:
    with pytest.raises(BadDocument):
        a_policy(cheque_photo="sometimes")
