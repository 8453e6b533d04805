"""The PIN: typed to open the phone, chosen, changed and taken away. Nothing here needs a network."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import Any

import flet as ft

from flet_app.collector.pin import IDLE_MINUTES, LONGEST, PinFlaw, PinRefused, flaw_of
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import bare, screen, scroll
from flet_app.components.figures import caption
from flet_app.components.handlers import use_press
from flet_app.components.inputs import Typed, bottom_bar, field, primary, secondary, segments, use_typed
from flet_app.components.surfaces import section
from flet_app.components.tagging import tag
from flet_app.theme import TOUCH_TARGET


@ft.component
def Unlock() -> ft.View:
    app = use_app()
    t = app.texts.t
    pin = use_typed()
    problem, set_problem = ft.use_state("")
    busy, set_busy = ft.use_state(False)
    press = use_press()

    @press.once
    async def attempt(_event: Any) -> None:
        set_busy(True)
        try:
            refused = await why_refused(app, pin.value)
        finally:
            set_busy(False)
        set_problem(refused)
        pin.set("")
        if not refused:
            app.phone.announce()

    rows: list[ft.Control] = [
        ft.Container(height=32),
        ft.Row([ft.Icon(ft.Icons.LOCK_OUTLINE, size=44, color=ft.Colors.PRIMARY)]),
        ft.Semantics(header=True, content=ft.Text(t("Enter your PIN"), size=26, weight=ft.FontWeight.W_700)),
        pin_field("unlock-pin", t("PIN"), pin, error=problem or None, autofocus=True, on_submit=attempt),
        primary("unlock", t("Unlock"), attempt, busy=busy),
        tag(
            "forgot-pin",
            ft.TextButton(
                t("I forgot my PIN"),
                height=TOUCH_TARGET,
                on_click=lambda _event: app.page.navigate("/entrar"),
            ),
        ),
        caption(t("Without the PIN you sign in with your password, which needs a connection.")),
    ]
    return bare("/", rows)


@ft.component
def PinChoice() -> ft.View:
    app = use_app()
    t, lock = app.texts.t, app.phone.pin
    current, new, again = use_typed(), use_typed(), use_typed()
    wrong, set_wrong = ft.use_state(dict[str, str]())
    busy, set_busy = ft.use_state(False)
    press = use_press()

    async def prove_and(step: Callable[[], None], said: str) -> None:
        set_busy(True)
        try:
            refused = await why_refused(app, current.value)
            if refused:
                set_wrong({"current": refused})
            else:
                await asyncio.to_thread(step)
                app.page.navigate("/mas")
                app.say(said)
        finally:
            set_busy(False)

    @press.once
    async def save(_event: Any) -> None:
        flaw = flaw_of(new.value)
        if flaw:
            set_wrong({"new": flaw_words(app, flaw)})
        elif new.value != again.value:
            set_wrong({"again": t("The two PINs differ. Type the same one twice.")})
        else:
            await prove_and(lambda: lock.choose(new.value), t("The PIN is set"))

    @press.once
    async def remove(_event: Any) -> None:
        await prove_and(lock.remove, t("The PIN was removed"))

    rows: list[ft.Control] = [
        caption(
            t("The phone asks for it when the app opens, after two minutes away and when nobody touches it."),
            size=14,
        )
    ]
    if lock.is_set:
        rows.append(pin_field("pin-current", t("Current PIN"), current, error=wrong.get("current")))
    rows += [
        pin_field("pin-new", t("New PIN"), new, error=wrong.get("new"), helper=t("4 to 8 digits")),
        pin_field("pin-again", t("New PIN again"), again, error=wrong.get("again")),
    ]
    if lock.is_set:
        rows += idle_rows(app)
    actions = [primary("pin-save", t("Save PIN"), save, busy=busy, expand=True)]
    if lock.is_set:
        actions.insert(0, secondary("pin-remove", t("Remove PIN"), remove, expand=True))
    return screen(
        app, route=ft.use_view_path(), title=t("PIN"), body=scroll(rows), bottom=bottom_bar(*actions)
    )


def idle_rows(app: Window) -> list[ft.Control]:
    """After how long without a touch the phone locks itself while its screen is on."""

    async def allow(minutes: str) -> None:
        await asyncio.to_thread(app.phone.pin.allow_idle, int(minutes))
        app.phone.announce()

    chosen = str(app.phone.pin.idle_minutes)
    options = [
        (f"pin-idle-{each}", str(each), app.texts.t("{count} min", count=each)) for each in IDLE_MINUTES
    ]
    return [
        section(app.texts.t("Lock when nobody touches it for")),
        segments(options, selected=chosen, on_select=lambda minutes: app.page.run_task(allow, minutes)),
    ]


def pin_field(identifier: str, label: str, typed: Typed, **options: Any) -> ft.Control:
    return field(
        identifier, label, typed, password=True, max_length=LONGEST, keyboard_type=ft.KeyboardType.NUMBER,
        input_filter=ft.InputFilter(r"^[0-9]*$"), text_size=20, **options,
    )  # fmt: skip


async def why_refused(app: Window, pin: str) -> str:
    """Try a PIN on the phone's lock; why it was not taken, or nothing."""
    try:
        await asyncio.to_thread(app.phone.pin.check, pin)
    except PinRefused as refused:
        if not refused.wait:
            return app.texts.t("The PIN is not right. Try again.")
        seconds = math.ceil(refused.wait)
        return app.texts.n(
            "The PIN is not right. Wait {count} second before you try again.",
            "The PIN is not right. Wait {count} seconds before you try again.",
            seconds,
        )
    return ""


def flaw_words(app: Window, flaw: PinFlaw) -> str:
    t = app.texts.t
    match flaw:
        case PinFlaw.DIGITS:
            return t("A PIN has 4 to 8 digits.")
        case PinFlaw.EASY:
            return t("Anybody would try this one first. Choose other digits.")
