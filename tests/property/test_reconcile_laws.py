"""Laws of what reconcile merges and of how customers change hands, in any order and through any crash."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from backend.reconcile.activity import merge_activity
from backend.reconcile.holdings import Holding, Move, plan_move
from backend.reconcile.received import merge_received

ITEMS = st.builds(
    lambda second, ref: {"at": f"2026-11-21T15:00:{second:02d}Z", "ref": f"note:ana:{ref:03d}", "by": "ana"},
    st.integers(0, 30),
    st.integers(0, 60),
)
FACT_IDS = st.one_of(
    st.builds(lambda counter: f"receipt:R0001:{counter:08d}", st.integers(1, 50)),
    st.builds(lambda number: f"note:ana:01K{number:04d}", st.integers(0, 50)),
)


@given(st.lists(ITEMS, max_size=60, unique_by=lambda item: item["ref"]), st.randoms())
def test_activity_is_the_same_in_any_order_and_in_any_portions(
    items: list[dict[str, Any]], chance: Any
) -> None:
    shuffled = chance.sample(items, len(items))
    cut = len(items) // 3
    in_portions = merge_activity(merge_activity(None, "C1", shuffled[:cut]), "C1", shuffled[cut:])
    assert in_portions == merge_activity(None, "C1", items)
    assert merge_activity(in_portions, "C1", items) == in_portions


@given(st.lists(FACT_IDS, max_size=80), st.lists(FACT_IDS, max_size=80))
def test_received_is_the_same_in_any_order_and_however_often_it_is_told(
    first: list[str], second: list[str]
) -> None:
    there = merge_received(merge_received(None, "ana", first), "ana", second)
    back = merge_received(merge_received(None, "ana", second), "ana", first)
    assert there == back == merge_received(there, "ana", [*first, *second])


COLLECTORS = ("ana", "bruno", "carla")


class CustomerChangingHands(RuleBasedStateMachine):
    """One customer, a process that may die between any two steps, and an office that reassigns at any time.

    `stands` is what each database holds of the customer: nothing, a part, or all.
    """

    def __init__(self) -> None:
        super().__init__()
        self.assigned: str | None = None
        self.listed: dict[str, bool] = {}
        self.stands = dict.fromkeys(COLLECTORS, "nothing")
        self.move: Move | None = None
        self.steps: list[tuple[str, str]] = []

    @rule(collector=st.sampled_from([*COLLECTORS, None]))
    def office_reassigns(self, collector: str | None) -> None:
        self.assigned = collector

    @precondition(lambda self: self.move is None)
    @rule()
    def process_plans_and_announces(self) -> None:
        holding = Holding(customer="C1", rev=None, complete=dict(self.listed))
        self.move = plan_move(holding, self.assigned, owns=lambda _code: True)
        if self.move:
            self.listed = dict(self.move.during)
            bring = [("part", self.move.bring_to), ("all", self.move.bring_to)] if self.move.bring_to else []
            take = [(what, code) for code in self.move.take_from for what in ("part", "nothing")]
            self.steps = [*bring, *take]

    @precondition(lambda self: self.move is not None)
    @rule()
    def process_takes_a_step(self) -> None:
        assert self.move
        if self.steps:
            what, collector = self.steps.pop(0)
            if not (
                what == "part" and self.stands[collector] == "nothing" and collector in self.move.take_from
            ):
                self.stands[collector] = what
        else:
            self.listed, self.move = dict(self.move.after), None

    @precondition(lambda self: self.move is not None)
    @rule()
    def process_dies_and_forgets(self) -> None:
        self.move, self.steps = None, []

    @invariant()
    def whoever_has_something_is_listed_and_whoever_is_complete_has_all(self) -> None:
        assert all(code in self.listed for code, what in self.stands.items() if what != "nothing")
        assert all(self.stands[code] == "all" for code, complete in self.listed.items() if complete)

    def teardown(self) -> None:
        self.move, self.steps = None, []
        self.process_plans_and_announces()
        while self.move:
            self.process_takes_a_step()
        assert self.stands == {code: "all" if code == self.assigned else "nothing" for code in COLLECTORS}
        assert self.listed == ({self.assigned: True} if self.assigned else {})


TestCustomerChangingHands = CustomerChangingHands.TestCase
