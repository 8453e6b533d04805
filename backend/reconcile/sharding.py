"""Splitting the collectors of a company over several processes, always the same way."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from backend.reconcile.tuning import CHECKPOINT_BUCKETS


def bucket_of(code: str) -> int:
    """The checkpoint document of a collector, from 0; the same in every version."""
    return zlib.crc32(code.encode(errors="surrogatepass")) % CHECKPOINT_BUCKETS


@dataclass(frozen=True, slots=True)
class Shard:
    """Share `index` (from 0) of `count`: it alone writes to the databases of the collectors that it owns."""

    index: int = 0
    count: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.index < self.count <= CHECKPOINT_BUCKETS:
            raise ValueError(f"a shard is i/n with 0 <= i < n <= {CHECKPOINT_BUCKETS}, not {self}")

    @classmethod
    def parse(cls, text: str) -> Shard:
        """Read `0/4`. Raise ValueError for anything else."""
        index, slash, count = text.partition("/")
        if not (slash and index.isdecimal() and count.isdecimal()):
            raise ValueError(f"{text!r} is not a shard such as 0/4")
        return cls(int(index), int(count))

    def owns(self, code: str) -> bool:
        return bucket_of(code) % self.count == self.index

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"
