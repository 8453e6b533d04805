"""What is left to do so that the assigned collector, and nobody else, holds a customer."""

from __future__ import annotations

import pytest

from backend.reconcile.holdings import Holding, Move, assigned_collector, plan_move


def plan(
    complete: dict[str, bool], assigned: str | None, doubted: tuple[str, ...] = (), mine: str = ""
) -> Move | None:
    holding = Holding(customer="C1", rev="1-a", complete=complete)
    return plan_move(holding, assigned, owns=lambda code: not mine or code == mine, doubted=doubted)


@pytest.mark.parametrize(("complete", "assigned"), [({"ana": True}, "ana"), ({}, None)])
def test_a_customer_that_stands_where_it_should_is_left_alone(
    complete: dict[str, bool], assigned: str | None
) -> None:
    assert plan(complete, assigned) is None


def test_a_new_customer_is_announced_brought_and_then_complete() -> None:
    move = plan({}, "ana")
    assert move is not None
    assert (move.bring_to, move.take_from, move.during, move.after) == (
        "ana",
        (),
        {"ana": False},
        {"ana": True},
    )


def test_a_reassigned_customer_is_incomplete_on_both_sides_while_it_moves() -> None:
    move = plan({"ana": True}, "bruno")
    assert move is not None
    assert (move.bring_to, move.take_from) == ("bruno", ("ana",))
    assert (move.during, move.after) == ({"ana": False, "bruno": False}, {"bruno": True})


def test_a_customer_given_back_in_the_middle_of_leaving_is_brought_again() -> None:
    move = plan({"ana": False, "bruno": False}, "ana")
    assert move is not None
    assert (move.bring_to, move.take_from, move.after) == ("ana", ("bruno",), {"ana": True})


def test_an_unassigned_customer_leaves_everyone() -> None:
    move = plan({"ana": True, "bruno": False}, None)
    assert move is not None
    assert (move.bring_to, move.take_from, move.after) == (None, ("ana", "bruno"), {})


def test_a_doubted_collector_is_brought_everything_or_loses_everything() -> None:
    again, gone = plan({"ana": True}, "ana", doubted=("ana",)), plan({"ana": True}, "ana", doubted=("bruno",))
    assert again is not None and (again.bring_to, again.take_from) == ("ana", ())
    assert gone is not None and (gone.bring_to, gone.take_from, gone.after) == (
        None,
        ("bruno",),
        {"ana": True},
    )


def test_a_process_moves_only_what_concerns_its_own_collectors() -> None:
    taking, bringing = plan({"ana": True}, "bruno", mine="ana"), plan({"ana": True}, "bruno", mine="bruno")
    assert taking is not None and (taking.bring_to, taking.take_from, taking.after) == (None, ("ana",), {})
    assert bringing is not None and (bringing.bring_to, bringing.take_from) == ("bruno", ())
    assert bringing.after == {"ana": True, "bruno": True}
    assert plan({"ana": True}, "bruno", mine="carla") is None


@pytest.mark.parametrize(
    ("assignment", "collector"),
    [
        ({"collector": "ana"}, "ana"),
        ({"collector": None}, None),
        (None, None),
        ({"collector": "office"}, None),
        ({"collector": "Ana-1"}, None),
        ({"collector": 7}, None),
    ],
)
def test_only_the_code_of_a_collector_is_an_assignment(
    assignment: dict[str, object] | None, collector: str | None
) -> None:
    assert assigned_collector(assignment) == collector
