"""Which devices are one phone, and what shutting one of them out takes along."""

from __future__ import annotations

from typing import Any

from backend.phones import EARLIER_MOST, admitted, lineage


def device(number: int, *, email: str = "ana@x", key: str = "k", revoked: bool = False) -> dict[str, Any]:
    return {
        "_id": f"device:{number}",
        "email": email,
        "public_key": key,
        "series": f"R{number:04d}",
        "revoked_at": "2026-11-21T20:00:00Z" if revoked else None,
    }


def ids(documents: list[dict[str, Any]]) -> list[str]:
    return [document["_id"].partition(":")[2] for document in documents]


def test_a_phone_is_what_it_was_before_under_its_key_and_account() -> None:
    known = [device(3), device(1), device(2, key="other"), device(4), device(5, email="bruno@x")]
    assert ids(lineage(known, "3")) == ["1", "3"]
    assert ids(lineage(known, "4")) == ["1", "3", "4"]
    assert ids(lineage(known, "5")) == ["5"]
    assert lineage(known, "9") == []


def test_series_count_upwards_past_four_digits() -> None:
    assert ids(lineage([device(10000), device(9999)], "10000")) == ["9999", "10000"]


def test_shutting_out_what_a_phone_is_shuts_out_what_it_was() -> None:
    known = [device(1), device(2, revoked=True), device(3, key="other")]
    assert ids(admitted(known)) == ["3"]
    assert lineage(known, "1") == []
    assert lineage(known, "2") == []


def test_shutting_out_what_a_phone_was_leaves_the_rest() -> None:
    known = [device(1), device(2, revoked=True), device(3)]
    assert ids(admitted(known)) == ["3"]
    assert ids(lineage(known, "3")) == ["1", "3"]


def test_a_token_speaks_for_the_latest_earlier_devices_only() -> None:
    known = [device(number) for number in range(1, EARLIER_MOST + 10)]
    assert ids(lineage(known, str(EARLIER_MOST + 9))) == [str(each) for each in range(9, EARLIER_MOST + 10)]
