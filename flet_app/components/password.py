"""A field for a password, which may be looked at before it is sent."""

from __future__ import annotations

from typing import Any

import flet as ft

from flet_app.components.inputs import field, icon_action


@ft.component
def PasswordField(identifier: str, label: str, show: str, hide: str, **options: Any) -> ft.Control:
    """`show` and `hide` are what a screen reader says of the eye, which Flet's own leaves without words.

    `options` are those of `field`.
    """
    shown, set_shown = ft.use_state(False)
    eye = icon_action(
        f"{identifier}-reveal",
        ft.Icons.VISIBILITY_OFF if shown else ft.Icons.VISIBILITY,
        hide if shown else show,
        lambda _event: set_shown(not shown),
    )
    return field(identifier, label, password=not shown, suffix_icon=eye, **options)
