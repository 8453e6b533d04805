"""What a phone and the office have in common without sending it."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from backend.sealing import RecoveryKey
from flet_app.collector.session import DeviceKey

SECRET = b"s" * 32


def test_both_sides_come_to_the_same_bytes_and_nobody_else_does(tmp_path: Path) -> None:
    office = RecoveryKey(SECRET, "andina")
    keys = [DeviceKey(tmp_path / name, "andina") for name in ("ana", "bruno")]
    ours = [key.shared_with(office.public) for key in keys]
    assert [office.shared_with(key.public) for key in keys] == ours
    assert ours[0] != ours[1]
    assert RecoveryKey(SECRET, "pacifico").shared_with(keys[0].public) != ours[0]


def test_a_key_that_is_none_is_refused() -> None:
    for y in (1, 0, 2**255 - 20):
        with pytest.raises(ValueError):
            RecoveryKey(SECRET, "andina").shared_with(base64.b64encode(y.to_bytes(32, "little")).decode())
