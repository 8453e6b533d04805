"""Collectors shared out over processes."""

from __future__ import annotations

import pytest

from backend.reconcile.sharding import Shard, bucket_of

CODES = [f"collector{number}" for number in range(300)]


def test_every_collector_belongs_to_exactly_one_of_the_shards() -> None:
    for count in (1, 2, 3, 64):
        shards = [Shard(index, count) for index in range(count)]
        assert all(sum(shard.owns(code) for shard in shards) == 1 for code in CODES)


def test_the_bucket_of_a_collector_does_not_drift() -> None:
    assert (bucket_of("ana"), bucket_of("bruno")) == (34, 60)


@pytest.mark.parametrize("text", ["", "1", "2/2", "-1/2", "0/0", "0/65", "a/b", "1/2/3"])
def test_what_is_no_shard_is_said_so(text: str) -> None:
    with pytest.raises(ValueError, match="shard"):
        Shard.parse(text)


def test_a_shard_is_read_from_its_text() -> None:
    assert Shard.parse("1/4") == Shard(1, 4)
    assert str(Shard(1, 4)) == "1/4"
