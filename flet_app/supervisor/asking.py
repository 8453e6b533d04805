"""What every store of a screen that asks the API shares: is it busy, and in which words was it refused."""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

from flet_app.supervisor.api import ApiProblem

T = TypeVar("T")

UNREACHABLE = "unreachable"


@dataclass
class Asking:
    """`failure` is the server's sentence, `unreachable`, or empty; `busy` while an answer is awaited."""

    busy: bool = False
    failure: str = ""

    async def ask(self, asked: Awaitable[T]) -> T | None:
        """The answer, or None where it was refused; the reason is then in `failure`."""
        self.busy, self.failure = True, ""
        try:
            return await asked
        except ApiProblem as problem:
            self.failure = problem.detail if problem.status else UNREACHABLE
            return None
        finally:
            self.busy = False
