"""When a person last touched a window.

Flet tells of an event only whoever handles it, and a gesture around the whole screen would compete with the
buttons inside it. So what the client says of a session is overheard on its way to the controls. What the page
and its services say by themselves (a size, a position, a link that came back) is nobody's hand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flet as ft

BACK = "view_pop"


def notice_hands(page: ft.Page, touched: Callable[[], None]) -> None:
    """Call `touched` on the event loop before each event that a person caused on `page` is dispatched."""
    session = page.session
    dispatch = session.dispatch_event

    async def overhear(control_id: int, event_name: str, event_data: Any) -> None:
        control = session.index.get(control_id)
        if event_name == BACK or (control is not None and not isinstance(control, ft.Page | ft.Service)):
            touched()
        await dispatch(control_id, event_name, event_data)

    session.dispatch_event = overhear  # type: ignore[method-assign]
