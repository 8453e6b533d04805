"""What happens when a handler or a screen fails: it is told in words, and the app goes on.

Flet 1.0.5 by itself puts a page of its own, in English, over the app for good where a handler raises, and
draws nothing any more once a screen could not be drawn.
"""

from __future__ import annotations

import functools
import logging
import sys
from collections.abc import Callable
from typing import Any

import flet as ft

log = logging.getLogger(__name__)


def go_on_after_failures(page: ft.Page, tell: Callable[[BaseException | None], None]) -> None:
    """Call `tell` on the event loop where something of `page` failed; with the reason, where it is known."""
    session = page.session
    schedule = session.schedule_update

    def failed(message: str) -> None:
        log.error("a failure in a window: %s", message)
        tell(sys.exc_info()[1])

    def schedule_update(control: Any) -> None:
        drawing = session._Session__updates_task  # type: ignore[attr-defined]
        if drawing and drawing.done() and not drawing.cancelled() and (reason := drawing.exception()):
            log.error("a screen could not be drawn", exc_info=reason)
            session.start_updates_scheduler()  # type: ignore[no-untyped-call]
            session.error(repr(reason))
        schedule(control)

    session.error = failed  # type: ignore[method-assign]
    session.schedule_update = schedule_update  # type: ignore[method-assign]


@functools.cache
def shielded(view: Callable[..., Any], instead: Callable[[], Any]) -> Callable[..., Any]:
    """The component `view`; where it can't be drawn, the component `instead` is shown until it can."""
    body: Callable[..., Any] = view.__component_impl__  # type: ignore[attr-defined]

    @ft.component
    @functools.wraps(body)
    def shown(*args: Any, **kwargs: Any) -> Any:
        try:
            return body(*args, **kwargs)
        except Exception:
            log.exception("%s could not be drawn", body.__name__)
            return instead()

    return shown
