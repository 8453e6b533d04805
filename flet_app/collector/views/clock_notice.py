"""What a person should know about a clock that is not the office's."""

from __future__ import annotations

from datetime import timedelta

import flet as ft

from flet_app.collector.state import Window
from flet_app.components.status import Tone
from flet_app.components.surfaces import notice
from receivables.clock_trust import Trust


def clock_notice(app: Window, *, offer: bool = True) -> list[ft.Control]:
    """Nothing while the clock may be right; else what is wrong with it, what waits for it, what to do.

    `offer` leads to the supervisor's code.
    """
    t, judged = app.texts.t, app.phone.clock.look()
    span = app.texts.span(abs(judged.skew))
    match judged.trust:
        case Trust.BACKWARDS:
            words = t(
                "This phone's clock was put back ({span}). Payments can't be recorded until it is right again"
                " or the office is reached. Set date and time to automatic.",
                span=span,
            )
            return [
                notice(
                    words, app.palette, tone=Tone.LATE, icon=ft.Icons.HISTORY, identifier="clock-back",
                    action=t("Use a code") if offer else None,
                    on_action=lambda _event: app.page.navigate("/reloj"),
                )
            ]  # fmt: skip
        case Trust.OFF:
            ahead = judged.skew > timedelta(0)
            words = (
                t("This phone's clock is {span} ahead of the office's.", span=span)
                if ahead
                else t("This phone's clock is {span} behind the office's.", span=span)
            )
            advice = t("What you record carries its time: set date and time to automatic.")
            return [notice(f"{words} {advice}", app.palette, icon=ft.Icons.SCHEDULE, identifier="clock-off")]
        case _ if accepted := app.phone.clock.accepted:
            words = t(
                "{name} accepted this phone's clock. Receipts say so until the office is reached.",
                name=accepted.accepted_by,
            )
            return [notice(words, app.palette, icon=ft.Icons.VERIFIED_OUTLINED, identifier="clock-accepted")]
        case _:
            return []
