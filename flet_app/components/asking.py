"""A question in the app's own words, before the phone's system asks in its."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import flet as ft

from flet_app.components.tagging import tag
from flet_app.theme import GAP, TOUCH_TARGET


async def ask(
    page: ft.Page,
    identifier: str,
    *,
    icon: ft.IconData,
    title: str,
    reasons: Sequence[str],
    yes: str,
    no: str,
) -> bool:
    """Show `reasons` and wait for the answer of the buttons `<identifier>-yes` and `<identifier>-no`.

    Leaving it by the back gesture is a no.
    """
    answered: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def answer(said: bool) -> None:
        if not answered.done():
            answered.set_result(said)

    def button(name: str, kind: Callable[..., ft.Control], text: str, *, said: bool) -> ft.Control:
        pressed = kind(text, height=TOUCH_TARGET, on_click=lambda _event: answer(said))
        return tag(f"{identifier}-{name}", pressed)

    dialog = ft.AlertDialog(
        icon=ft.Icon(icon, size=32, color=ft.Colors.PRIMARY),
        title=tag(identifier, ft.Text(title, text_align=ft.TextAlign.CENTER)),
        content=ft.Column(
            [ft.Text(reason, size=15) for reason in reasons],
            spacing=GAP,
            tight=True,
            scroll=ft.ScrollMode.AUTO,
        ),
        actions=[
            button("no", ft.TextButton, no, said=False),
            button("yes", ft.FilledButton, yes, said=True),
        ],
        on_dismiss=lambda _event: answer(False),
    )
    page.show_dialog(dialog)
    try:
        return await answered
    finally:
        if dialog.open:
            page.pop_dialog()
