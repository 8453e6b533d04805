"""Settings of all tests."""

from __future__ import annotations

from hypothesis import settings

# Several processes share a small machine: how long one example takes says nothing.
settings.register_profile("recaudo", deadline=None)
settings.load_profile("recaudo")
