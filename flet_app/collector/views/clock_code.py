"""Opening receipts on a clock that was put back: a number to read out, and the supervisor's code for it."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import flet as ft

from flet_app.collector.clock_codes import ClockCodeRefused, ClockMoved
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.clock_notice import clock_notice
from flet_app.components.figures import caption
from flet_app.components.inputs import Typed, bottom_bar, field, primary, use_typed
from flet_app.components.surfaces import card
from flet_app.components.tagging import tag
from receivables.clock_codes import CODE_DIGITS, bare, grouped
from receivables.payments import LONGEST_TEXT


@ft.component
def ClockCode() -> ft.View:
    app = use_app()
    t, codes = app.texts.t, app.phone.clock_codes
    code, by = use_typed(), use_typed()
    wrong, set_wrong = ft.use_state(dict[str, str]())
    busy, set_busy = ft.use_state(False)
    number, set_number = ft.use_state("")
    blocked = app.phone.clock.look().blocks
    offered = blocked and codes is not None and codes.shared is not None

    async def show() -> None:
        if codes is not None and offered:
            set_number(await asyncio.to_thread(codes.challenge))

    ft.use_effect(show, dependencies=[offered])

    async def accept(_event: Any) -> None:
        found = what_is_missing(app, code.value, by.value)
        set_wrong(found)
        if found or codes is None:
            return
        set_busy(True)
        try:
            await asyncio.to_thread(codes.check, code.value, by=by.value.strip())
        except ClockCodeRefused as refused:
            set_wrong({"code": refusal_words(app, refused)})
        except ClockMoved:
            code.set("")
            set_wrong({"code": t("The clock was set again. Read the new number out.")})
            await show()
        else:
            app.phone.announce()
            app.page.navigate("/")
            app.say(t("The clock is accepted. You can record payments."))
        finally:
            set_busy(False)

    rows = [*clock_notice(app, offer=False)]
    bottom = None
    if offered:
        rows += form_rows(app, number, code, by, wrong)
        bottom = bottom_bar(primary("clock-accept", t("Accept the clock"), accept, busy=busy))
    elif blocked:
        rows.append(
            caption(t("This phone has no key for a code yet. It gets one at its next sign-in."), size=15)
        )
    else:
        rows.append(
            caption(t("Payments are not held up by the clock. There is nothing to do here."), size=15)
        )
    return screen(
        app, route=ft.use_view_path(), title=t("Supervisor's code"), body=scroll(rows), bottom=bottom
    )


def form_rows(app: Window, number: str, code: Typed, by: Typed, wrong: dict[str, str]) -> list[ft.Control]:
    t, phone = app.texts.t, app.phone.enrolment
    whose = f"{phone.name} · {phone.series}" if phone else ""
    digits = ft.Text(grouped(number), size=28, weight=ft.FontWeight.W_700, font_family="monospace")
    return [
        ft.Text(
            t(
                "Call your supervisor and read this number out. They find this phone under Phones and tell"
                " you a code of {count} digits.",
                count=CODE_DIGITS,
            ),
            size=15,
        ),
        card(ft.Column([tag("clock-number", digits), caption(whose, size=14)], spacing=4, tight=True)),
        field(
            "clock-code", t("Code"), code, error=wrong.get("code"), keyboard_type=ft.KeyboardType.NUMBER,
            input_filter=ft.InputFilter(r"^[0-9 ]*$"), max_length=CODE_DIGITS + 1, text_size=20,
        ),
        field(
            "clock-by", t("Who gives it to you"), by, error=wrong.get("by"), max_length=LONGEST_TEXT,
            helper=t("The name stands on the receipts until the office is reached."),
        ),
    ]  # fmt: skip


def what_is_missing(app: Window, code: str, by: str) -> dict[str, str]:
    """By the field; empty where the code may be tried."""
    wrong: dict[str, str] = {}
    if len(bare(code)) != CODE_DIGITS:
        wrong["code"] = app.texts.t("A code has {count} digits.", count=CODE_DIGITS)
    if not by.strip():
        wrong["by"] = app.texts.t("Write who gives you the code.")
    return wrong


def refusal_words(app: Window, refused: ClockCodeRefused) -> str:
    if not refused.wait:
        return app.texts.t(
            "This is not the code for that number, or it was used before. Have both read out again."
        )
    seconds = math.ceil(refused.wait)
    return app.texts.n(
        "The code is not right. Wait {count} second before you try again.",
        "The code is not right. Wait {count} seconds before you try again.",
        seconds,
    )
