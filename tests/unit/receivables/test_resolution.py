"""Which leaf of a document is believed."""

from __future__ import annotations

from itertools import permutations

import pytest

from receivables.resolution import resolve


def leaf(id_: str, rev: str, **fields: object) -> dict[str, object]:
    return {"_id": id_, "_rev": rev, **fields}


RECEIPTS = [leaf("receipt:R0001:00000001", rev) for rev in ("1-aaa", "1-fff", "1-ccc")]


@pytest.mark.parametrize("order", list(permutations(RECEIPTS)))
def test_first_accepted_leaf_of_a_fact_wins_and_the_others_are_parked(
    order: tuple[dict[str, object], ...],
) -> None:
    result = resolve(order, accepted_rev="1-ccc")
    assert result.winner["_rev"] == "1-ccc"
    assert [each["_rev"] for each in result.parked] == ["1-fff", "1-aaa"]


@pytest.mark.parametrize("order", list(permutations(RECEIPTS)))
def test_fact_that_the_centre_does_not_hold_shows_couchdbs_winner(
    order: tuple[dict[str, object], ...],
) -> None:
    assert resolve(order).winner["_rev"] == "1-fff"
    assert resolve(order, accepted_rev="1-zzz").winner["_rev"] == "1-fff"


def test_projection_of_the_newest_central_revision_wins_and_nobody_is_asked() -> None:
    old = leaf("invoice:F-1", "9-fff", source_rev="3-aaa")
    new = leaf("invoice:F-1", "2-aaa", source_rev="10-aaa")
    for order in ([old, new], [new, old]):
        result = resolve(order)
        assert (result.winner, result.parked) == (new, ())


def test_settings_go_to_a_person() -> None:
    result = resolve([leaf("assignment:C0001", "2-a"), leaf("assignment:C0001", "10-a")])
    assert result.winner["_rev"] == "10-a"
    assert [each["_rev"] for each in result.parked] == ["2-a"]


def test_single_leaf_is_the_winner_and_none_is_an_error() -> None:
    assert resolve(RECEIPTS[:1]).parked == ()
    with pytest.raises(ValueError, match="leaves"):
        resolve([])
