"""The code for a phone whose clock was put back: its number in, what its clock shows and the code out."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import flet as ft

from flet_app.components.dialogs import narrowed, told_once
from flet_app.components.figures import caption
from flet_app.components.handlers import calling
from flet_app.components.inputs import field
from flet_app.components.tagging import tag
from flet_app.supervisor.clock_codes import ClockCodes, Json
from flet_app.supervisor.session import Session, run
from flet_app.supervisor.views.asking import refusal
from flet_app.supervisor.views.people import name_of
from flet_app.theme import TOUCH_TARGET, is_dark, palette


def clock_code_dialog(session: Session, codes: ClockCodes, phone: Json) -> ft.AlertDialog:
    """The number, until the code is there; then the code in large digits."""
    t, away = session.texts.t, calling(codes.consider, None)
    title = t("Clock of {name}", name=name_of(session, phone["collector"]))
    if codes.given is not None:
        return told_once(
            "clock-code-done",
            title=title,
            rows=_shown(session, codes.given),
            done=t("I have read it out"),
            on_done=away,
        )
    give = ft.FilledButton(
        t("Accept the clock"),
        on_click=calling(run, codes.give, session),
        disabled=codes.busy,
        height=TOUCH_TARGET,
    )
    return ft.AlertDialog(
        title=ft.Text(title),
        content=_number(session, codes),
        actions=[
            tag("clock-code-back", ft.TextButton(t("Leave it"), on_click=away, height=TOUCH_TARGET)),
            tag("clock-code-give", give),
        ],
        scrollable=True,
        on_dismiss=away,
    )


def _number(session: Session, codes: ClockCodes) -> ft.Control:
    t = session.texts.t
    at_field = codes.faults.get("number")
    rows = (
        []
        if at_field
        else refusal(session, codes, palette(dark=is_dark(ft.context.page)), identifier="clock-code-failure")
    )
    return narrowed(
        [
            ft.Text(
                t(
                    "A phone whose clock was put back records no payment. Make sure whom you are talking to,"
                    " then type the number that the phone shows."
                )
            ),
            *rows,
            field(
                "clock-code-number", t("Number on the phone"), value=codes.number,
                on_change=partial(setattr, codes, "number"), error=at_field, autofocus=True,
                keyboard_type=ft.KeyboardType.NUMBER, input_filter=ft.InputFilter(r"^[0-9 ]*$"),
            ),
            caption(t("The code opens receipts for this clock once. It is recorded that you gave it.")),
        ]
    )  # fmt: skip


def _shown(session: Session, given: Json) -> list[ft.Control]:
    texts = session.texts
    digits = ft.Text(
        given["code"], size=34, weight=ft.FontWeight.W_700, font_family="monospace", selectable=True
    )
    shown_at = texts.moment(datetime.fromisoformat(given["shown_at"]), now=session.now())
    span = texts.span(timedelta(seconds=abs(given["behind"])))
    said = (
        texts.t("The phone shows {when}: {span} behind.", when=shown_at, span=span)
        if given["behind"] >= 0
        else texts.t("The phone shows {when}: {span} ahead.", when=shown_at, span=span)
    )
    return [
        tag("clock-code-shown", digits),
        tag("clock-code-off", ft.Text(said, size=16)),
        caption(texts.t("What is recorded from now on carries that time, and says that you accepted it.")),
    ]
