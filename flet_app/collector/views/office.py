"""The first screen of a new phone: where its office is, typed, or pasted from what the office sent."""

from __future__ import annotations

import asyncio
from typing import Any

import flet as ft

from flet_app.collector.office import NotRecaudo, OfficeRefused, Unreachable, Untrusted
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import bare
from flet_app.components.handlers import use_press
from flet_app.components.inputs import field, primary, secondary, use_typed
from receivables.office_link import AddressFlaw, BadAddress


@ft.component
def OfficeAddress() -> ft.View:
    app = use_app()
    t = app.texts.t
    address = use_typed()
    busy, set_busy = ft.use_state(False)
    problem, set_problem = ft.use_state("")
    press = use_press()

    @press.once
    async def settle(_event: Any) -> None:
        set_busy(True)
        set_problem("")
        try:
            await asyncio.to_thread(app.phone.office.settle, address.value)
        except (BadAddress, OfficeRefused) as error:
            set_problem(explain(app, error))
        else:
            app.phone.announce()
        finally:
            set_busy(False)

    async def paste(event: Any) -> None:
        text = await ft.Clipboard().get()
        if text:
            address.set(text.strip())
            await settle(event)
        else:
            set_problem(t("There is nothing to paste. Copy the link from the office's message first."))

    rows: list[ft.Control] = [
        ft.Container(height=32),
        ft.Row([ft.Icon(ft.Icons.STORE_OUTLINED, size=44, color=ft.Colors.PRIMARY)]),
        ft.Semantics(
            header=True,
            identifier="office",
            content=ft.Text(t("Address of the office"), size=26, weight=ft.FontWeight.W_700),
        ),
        ft.Text(
            t("Your supervisor gives you a link or an address. It is asked for only once."),
            size=16, color=ft.Colors.ON_SURFACE_VARIANT,
        ),
        field(
            "office-address", t("Address or link"), address, error=problem or None, autocorrect=False,
            helper=t("For example cobros.suempresa.com"),
            keyboard_type=ft.KeyboardType.URL, prefix_icon=ft.Icons.LINK, on_submit=settle,
        ),
        primary("office-continue", t("Continue"), settle, busy=busy),
        secondary("office-paste", t("Paste the link"), paste, icon=ft.Icons.CONTENT_PASTE),
    ]  # fmt: skip
    return bare("/", rows)


def explain(app: Window, error: Exception) -> str:
    """What happened, why, and what to do now."""
    t = app.texts.t
    match error:
        case BadAddress(flaw=AddressFlaw.NOT_SECURE):
            return t("This address is not secure: it begins with http, not https. Ask for another.")
        case BadAddress():
            return t("This is not an address. It looks like cobros.suempresa.com, or it is a whole link.")
        case Untrusted():
            return t(
                "The office at this address can't prove who it is. Check the phone's date and time; "
                "if they are right, tell the office."
            )
        case NotRecaudo():
            return t(
                "Something answers at this address, but it is not Recaudo. Check each letter; "
                "on a public Wi-Fi, sign in to it first."
            )
        case Unreachable():
            return t("Nobody answers at this address. Check each letter, and your mobile data or Wi-Fi.")
        case _:
            return t("Something went wrong. Try again.")
