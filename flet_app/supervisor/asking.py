"""What every store of a screen that asks the API shares: is it busy, and in which words was it refused."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import TypeVar

from flet_app.supervisor.api import ApiProblem

T = TypeVar("T")

UNREACHABLE = "unreachable"
TYPING_SECONDS = 0.25
"""A search waits so long for the next letter: who types a name asks once, not once a letter."""


@dataclass
class Asking:
    """`failure` is the server's sentence, `unreachable`, or empty; `busy` while an answer is awaited.

    `faults` has the sentence about each field that was at fault.
    """

    busy: bool = False
    failure: str = ""
    faults: dict[str, str] = field(default_factory=dict)

    async def ask(self, asked: Awaitable[T]) -> T | None:
        """The answer, or None where it was refused; the reason is then in `failure`."""
        self.busy, self.failure, self.faults = True, "", {}
        try:
            return await asked
        except ApiProblem as problem:
            self.failure, self.faults = problem.detail if problem.status else UNREACHABLE, problem.fields
            return None
        finally:
            self.busy = False
