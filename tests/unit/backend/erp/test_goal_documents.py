"""A goal of the ERP and a goal that a supervisor set are one document, and an import takes nothing back."""

from __future__ import annotations

from datetime import UTC, datetime

from backend.erp.records import GoalRecord, PerformanceRecord
from backend.services.erp_documents import merged, removed
from receivables.goals import set_goal

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
RECORD = GoalRecord(collector="ana", month="2026-11", currency="USD", amount_month=2400, effective_day=14)
SET = set_goal(
    None, {"amount_month": 3000}, collector="ana", month="2026-11", currency="USD", by="sofia", now=NOW
)


def test_an_import_writes_the_same_goal_once() -> None:
    made = merged(None, RECORD)
    assert made["_id"] == "goal:ana:2026-11"
    assert "visits_day" not in made, "what the ERP does not expect is not zero"
    assert merged(made, RECORD) == made


def test_an_import_leaves_what_a_supervisor_set() -> None:
    after = merged(SET, RECORD)
    assert (after["amount_month"], after["erp"]["amount_month"]) == (3000, 2400)
    assert "effective_day" not in after
    assert merged(after, RECORD) == after
    assert removed(after) == SET


def test_a_goal_that_the_erp_deleted_is_gone() -> None:
    gone = removed({**merged(None, RECORD), "_rev": "1-a"})
    assert gone == {"_id": "goal:ana:2026-11", "_rev": "1-a", "_deleted": True}


def test_performance_names_what_is_counted_only() -> None:
    record = PerformanceRecord(
        collector="ana", month="2026-11", currency="USD", orders_amount=10, orders_count=2
    )
    made = merged(None, record)
    assert made["_id"] == "performance:ana:2026-11"
    assert "sales_amount" not in made
