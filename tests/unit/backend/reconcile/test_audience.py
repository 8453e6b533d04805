"""For whom a projection is, and which closed papers a phone is not given."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.reconcile.audience import Everyone, HolderOf, Named, audience_of
from backend.reconcile.portfolio import is_optional

ON = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("document", "audience"),
    [
        ({"_id": "company:andina"}, Everyone()),
        ({"_id": "catalogue:banks"}, Everyone()),
        ({"_id": "policy:collection"}, Everyone()),
        ({"_id": "policy:dunning"}, None),
        ({"_id": "collector:ana"}, Named("ana")),
        ({"_id": "received:ana"}, Named("ana")),
        ({"_id": "route:ana:2026-11-21"}, Named("ana")),
        ({"_id": "goal:ana:2026-11"}, Named("ana")),
        ({"_id": "performance:ana:2026-11"}, Named("ana")),
        ({"_id": "posting:R0001:00000004", "collector": "ana"}, Named("ana")),
        ({"_id": "customer:C1"}, HolderOf("C1")),
        ({"_id": "activity:C:1"}, HolderOf("C:1")),
        ({"_id": "invoice:001-1", "customer": "C1"}, HolderOf("C1")),
        ({"_id": "withholding:9", "customer": "C1"}, HolderOf("C1")),
        ({"_id": "credit_note:9", "customer": "C1"}, HolderOf("C1")),
        ({"_id": "invoice:001-1"}, None),
        ({"_id": "invoice:001-1", "_deleted": True}, Everyone()),
        ({"_id": "invoice:001-1", "_deleted": True, "customer": "C1"}, HolderOf("C1")),
        ({"_id": "assignment:C1", "collector": "ana"}, None),
        ({"_id": "receipt:R0001:00000004", "collector": "ana"}, None),
        ({"_id": "exception:poisoned:1"}, None),
        ({"_id": "holding:C1"}, None),
        ({"_id": "_design/recaudo"}, None),
        ({"_id": "unheard_of:1"}, None),
    ],
)
def test_each_type_goes_where_the_data_model_says(document: dict[str, Any], audience: object) -> None:
    assert audience_of(document) == audience


@pytest.mark.parametrize(
    ("document", "optional"),
    [
        ({"_id": "invoice:1", "state": "open", "issued_on": "2019-01-01"}, False),
        ({"_id": "invoice:1", "state": "paid", "issued_on": "2026-08-23"}, False),
        ({"_id": "invoice:1", "state": "paid", "issued_on": "2026-08-22"}, True),
        ({"_id": "invoice:1", "state": "cancelled", "issued_on": None}, False),
        ({"_id": "withholding:1", "state": "registered", "issued_on": "2026-01-02"}, False),
        ({"_id": "posting:R:1", "state": "posted", "claimed_at": "2026-11-20T10:00:00Z"}, False),
        ({"_id": "posting:R:1", "state": "posted", "claimed_at": "2026-01-20T10:00:00Z"}, True),
        ({"_id": "posting:R:1", "state": "retry", "claimed_at": "2026-01-20T10:00:00Z"}, False),
        ({"_id": "customer:C1"}, False),
        ({"_id": "route:ana:2019-01-01"}, False),
    ],
)
def test_a_phone_is_given_open_and_recent_papers(document: dict[str, Any], optional: bool) -> None:
    assert is_optional(document, ON) is optional
