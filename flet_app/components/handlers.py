"""Small things that every screen needs of Flet, with their types said once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import flet as ft

T = TypeVar("T")


def calling(action: Callable[..., Any], *arguments: Any) -> Callable[[Any], None]:
    """An event handler that calls `action` with `arguments` and forgets the event; safe to make in a loop."""

    def handler(_event: Any) -> None:
        action(*arguments)

    return handler


def use_maybe(_kind: type[T]) -> tuple[T | None, Callable[[T | None], None]]:
    """A hook: a state that is empty at first, and then of this kind or empty again."""
    return cast(Any, ft.use_state(cast(Any, None)))  # type: ignore[no-any-return]


def use_kept(make: Callable[[], T]) -> T:
    """A hook: what `make` returned at the first render, kept while the screen lives."""
    kept, _set = ft.use_state(cast(Any, make))
    return cast(T, kept)
