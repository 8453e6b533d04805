"""Goals: what is expected of a day and of a month, and whose word it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from receivables.goals import (
    Period,
    heard_from_erp,
    lost_by_erp,
    release_goal,
    set_goal,
    target_of,
)
from receivables.money import Money

NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
ERP: dict[str, Any] = {
    "collector": "ana", "month": "2026-11", "currency": "USD", "amount_month": 24_000_00,
    "amount_day": 1_000_00, "visits_day": 20,
}  # fmt: skip
STANDING = {"_id": "goal:ana:2026-11", "_rev": "1-a", "schema": 1, **ERP}


def by_sofia(standing: dict[str, Any] | None, **targets: int | None) -> dict[str, Any]:
    return set_goal(
        standing,
        targets,
        collector="ana",
        month="2026-11",
        currency="USD",
        by="sofia@andina.example",
        now=NOW,
    )


def test_a_period_expects_what_its_fields_say_and_nothing_else() -> None:
    day, month = target_of(STANDING, Period.DAY), target_of(STANDING, Period.MONTH)
    assert (day.amount, day.visits, day.effective) == (Money(1_000_00, "USD"), 20, None)
    assert (month.amount, month.visits, month.effective) == (Money(24_000_00, "USD"), None, None)
    nothing = target_of(None, Period.DAY)
    assert (nothing.amount, nothing.visits, nothing.effective) == (None, None, None)


def test_a_supervisor_sets_a_goal_where_the_erp_gives_none() -> None:
    made = by_sofia(None, amount_month=100, effective_day=None)
    assert made == {
        "_id": "goal:ana:2026-11", "schema": 1, "collector": "ana", "month": "2026-11", "currency": "USD",
        "amount_month": 100, "set_by": "sofia@andina.example", "set_at": "2026-11-20T15:30:00Z",
    }  # fmt: skip
    assert release_goal({**made, "_rev": "1-a"}) == {"_id": made["_id"], "_rev": "1-a", "_deleted": True}


def test_what_a_supervisor_set_stands_whatever_the_erp_says_later() -> None:
    made = by_sofia(STANDING, amount_month=30_000_00, effective_month=200)
    assert "amount_day" not in made, "a target that is left out expects nothing"
    later = heard_from_erp(made, {**ERP, "amount_month": 25_000_00})
    assert later["amount_month"] == 30_000_00
    assert later["erp"]["amount_month"] == 25_000_00
    assert target_of(later, Period.DAY).amount is None


def test_a_goal_given_back_is_the_erps_latest_word() -> None:
    made = by_sofia(STANDING, amount_month=1)
    assert release_goal(made) == STANDING
    later = heard_from_erp(made, {**ERP, "amount_month": 25_000_00})
    assert release_goal(by_sofia(later, amount_month=2)) == {**STANDING, "amount_month": 25_000_00}


def test_what_the_erp_no_longer_has_is_gone_but_for_what_was_set() -> None:
    assert lost_by_erp(STANDING) == {"_id": "goal:ana:2026-11", "_rev": "1-a", "_deleted": True}
    made = by_sofia(STANDING, amount_month=1)
    left = lost_by_erp(made)
    assert (left["amount_month"], "erp" in left) == (1, False)
    assert release_goal(left)["_deleted"] is True


def test_a_target_that_the_erp_no_longer_names_expects_nothing() -> None:
    less = {name: value for name, value in ERP.items() if name != "visits_day"}
    assert heard_from_erp(STANDING, less) == {"_id": "goal:ana:2026-11", "_rev": "1-a", "schema": 1, **less}
