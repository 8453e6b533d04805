"""Laws of receipts: whatever a collector enters, the document balances, or there are problems instead."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from receivables.access import may_write, phone_roles
from receivables.allocation import Allocation
from receivables.canonical import canonical_json
from receivables.messages import LANGUAGES, sentence
from receivables.money import Money
from receivables.payments import MEANS, Method, PaymentLine
from receivables.receipts import GENESIS_HASH, Receipt, receipt_hash, verify_chain
from tests.support.builders import Json, a_draft, a_policy, a_receipt, an_open_item, planned

ROLES = phone_roles("andina", "ana", "01KDEVICE", "R0001")
words = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)


@st.composite
def payment_lines(draw: st.DrawFn) -> PaymentLine:
    """Mostly complete lines, some with a field missing or an amount that can't be."""
    method = draw(st.sampled_from(Method))
    good = {"cheque_on": "2026-12-01", "transferred_on": "2026-11-20", "last4": "4242"}
    serial = str(draw(st.integers(0, 10**9)))
    details = {name: good.get(name) or serial + draw(words) for name in MEANS[method].required}
    forgotten = draw(st.sampled_from([*[None] * 9, *details]))
    amount = draw(st.integers(1, 10**6) | st.integers(-1, 10**6))
    return PaymentLine(
        method.value,
        Money(amount, "USD"),
        {name: text for name, text in details.items() if name != forgotten},
    )


@st.composite
def items_and_intent(draw: st.DrawFn) -> tuple[list[Any], dict[str, Any]]:
    items = [
        an_open_item(
            f"F-{n}", str(draw(st.integers(1, 900))), due_on=f"2026-11-{draw(st.integers(1, 30)):02d}"
        )
        for n in range(draw(st.integers(0, 4)))
    ]
    numbers = [item.invoice for item in items] or ["NONE"]
    if draw(st.integers(0, 9)) == 9:
        numbers = [*numbers, "NONE"]
    intent = draw(st.sampled_from(["fifo", "chosen", "explicit"]))
    if intent == "chosen":
        return items, {"chosen": tuple(draw(st.lists(st.sampled_from(numbers), max_size=3, unique=True)))}
    if intent == "explicit":
        pairs = draw(st.lists(st.tuples(st.sampled_from(numbers), st.integers(-1, 50000)), max_size=3))
        return items, {
            "allocations": tuple(Allocation(number, Money(minor, "USD")) for number, minor in pairs)
        }
    return items, {}


policies = st.builds(
    a_policy,
    minimum_receipt=st.integers(0, 5000),
    cash_cap=st.none() | st.integers(0, 10**6),
    oldest_first=st.booleans(),
    on_account_allowed=st.sampled_from([True, True, False]),
)


@given(st.lists(payment_lines(), min_size=1, max_size=4) | st.just([]), items_and_intent(), policies)
def test_a_draft_becomes_a_balanced_document_or_problems_with_sentences(
    payments: list[PaymentLine], items_intent: tuple[list[Any], dict[str, Any]], policy: Any
) -> None:
    items, intent = items_intent
    result = planned(a_draft(*payments, **intent), *items, policy=policy)
    if isinstance(result, list):
        assert result
        assert all(sentence(problem, locale=language) for problem in result for language in LANGUAGES)
        return
    receipt = Receipt.from_json(result)
    zero = Money.zero("USD")
    assert sum((line.amount for line in receipt.payments), zero) == receipt.total
    assert sum((line.amount for line in receipt.allocations), receipt.on_account) == receipt.total
    open_ = {item.invoice: item.open for item in items}
    assert all(zero < line.amount <= open_[line.invoice] for line in receipt.allocations)
    assert verify_chain([result]) == []
    assert may_write(result, None, database="andina-c-ana", roles=ROLES) is None


@given(
    st.dictionaries(
        words, st.integers(1, 10**6) | words | st.none() | st.booleans() | st.floats(-180, 180), max_size=6
    )
)
def test_hash_does_not_depend_on_the_order_of_members_nor_on_the_way_through_json(
    extra: dict[str, Any],
) -> None:
    doc = {**a_receipt(), **{f"x{name}": value for name, value in extra.items()}}
    travelled = json.loads(json.dumps(doc))
    backwards = dict(reversed(travelled.items()))
    assert receipt_hash(GENESIS_HASH, doc) == receipt_hash(GENESIS_HASH, backwards)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_canonical_numbers_read_back_as_the_same_number(number: float) -> None:
    assert json.loads(canonical_json(number), parse_int=float) == number


@given(
    st.sampled_from(["customer", "total", "device", "local_on", "place", "previous_hash", "allocations"]),
    words,
)
def test_changing_any_field_changes_the_hash(field: str, value: str) -> None:
    doc: Json = a_receipt()
    assert receipt_hash(GENESIS_HASH, {**doc, field: ["altered", value]}) != doc["hash"]
