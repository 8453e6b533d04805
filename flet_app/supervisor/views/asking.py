"""What a screen says while it waits for an answer, and when it got none or a refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flet as ft

from flet_app.components.status import Tone
from flet_app.components.surfaces import notice
from flet_app.supervisor.asking import UNREACHABLE, Asking
from flet_app.supervisor.session import Session
from flet_app.theme import Palette


def refusal(
    session: Session,
    asking: Asking,
    colors: Palette,
    *,
    identifier: str,
    again: Callable[[Any], Any] | None = None,
) -> list[ft.Control]:
    """The reason why the last question failed, with a button to ask `again`; nothing where it didn't."""
    if not asking.failure:
        return []
    t, away = session.texts.t, asking.failure == UNREACHABLE
    return [
        notice(
            t("The server doesn't answer. Check the connection and try again.") if away else asking.failure,
            colors,
            tone=Tone.LATE,
            icon=ft.Icons.CLOUD_OFF if away else ft.Icons.ERROR_OUTLINE,
            action=t("Try again") if again else None,
            on_action=again,
            identifier=identifier,
        )
    ]
