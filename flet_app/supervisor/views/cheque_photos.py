"""The photos of a cheque on the receipt's page: looked at, told where they are missing or not the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import flet as ft

from flet_app.components.status import Status, Tone, status_line
from flet_app.components.tagging import tag
from flet_app.supervisor.session import Session
from flet_app.supervisor.state import Json
from flet_app.supervisor.views.visit_photos import show_photos
from flet_app.theme import TOUCH_TARGET, Palette


def cheque_photos(session: Session, receipt: Json, position: int, colors: Palette) -> list[ft.Control]:
    """Nothing where the payment names no photo. Photos come last of all and may be on their way."""
    named: Sequence[Json] = receipt["payments"][position].get("photos") or ()
    if not named:
        return []
    arrived = {each["id"]: each for each in receipt.get("photos") or ()}
    here = [arrived[each["id"]] | {"sha256": each["sha256"]} for each in named if each["id"] in arrived]
    t, n = session.texts.t, session.texts.n
    rows: list[ft.Control] = []
    if here:

        async def look(_event: Any) -> None:
            payment = receipt["payments"][position]
            title = t("Cheque {number} · {bank}", number=payment.get("number"), bank=payment.get("bank"))
            await show_photos(session, title, here)

        words = n("{count} photo of the cheque", "{count} photos of the cheque", len(here))
        button = ft.TextButton(words, icon=ft.Icons.PHOTO_OUTLINED, on_click=look, height=TOUCH_TARGET)
        rows.append(ft.Row([tag(f"payment-photos-{position}", button)]))
    if len(here) < len(named):
        words = t("A photo of the cheque is still on its way.")
        status = Status(tone=Tone.WAITING, icon=ft.Icons.SCHEDULE, text=words)
        rows.append(tag(f"payment-photos-waiting-{position}", status_line(status, colors, size=14)))
    return rows
