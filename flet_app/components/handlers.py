"""Small things that every screen needs of Flet, with their types said once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, cast

import flet as ft

T = TypeVar("T")


def calling(action: Callable[..., Any], *arguments: Any) -> Callable[[Any], None]:
    """An event handler that calls `action` with `arguments` and forgets the event; safe to make in a loop."""

    def handler(_event: Any) -> None:
        action(*arguments)

    return handler


class Press:
    """Whether an earlier press is still being worked on.

    A button is shown as busy only a moment later, when the client has drawn it: the second press of a hasty
    thumb gets here before, and belongs to the first.
    """

    def __init__(self) -> None:
        self.busy = False

    def once(self, action: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[None]]:
        """The handler that runs `action`, unless one of this press is running."""

        async def handler(*arguments: Any) -> None:
            if self.busy:
                return
            self.busy = True
            try:
                await action(*arguments)
            finally:
                self.busy = False

        return handler


def use_press() -> Press:
    """A hook: what the buttons share of which only one may be at work at a time."""
    return use_kept(Press)


def use_maybe(_kind: type[T]) -> tuple[T | None, Callable[[T | None], None]]:
    """A hook: a state that is empty at first, and then of this kind or empty again."""
    return cast(Any, ft.use_state(cast(Any, None)))  # type: ignore[no-any-return]


def use_kept(make: Callable[[], T]) -> T:
    """A hook: what `make` returned at the first render, kept while the screen lives."""
    kept, _set = ft.use_state(cast(Any, make))
    return cast(T, kept)
