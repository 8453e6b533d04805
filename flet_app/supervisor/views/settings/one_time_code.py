"""A one-time code for a collector's new phone: for whom, for how long, and then the code itself, once."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import flet as ft

from flet_app.components.dialogs import narrowed, told_once
from flet_app.components.figures import caption
from flet_app.components.handlers import calling
from flet_app.components.inputs import choice, choices, segments
from flet_app.components.tagging import tag
from flet_app.supervisor.phones import HALF_AN_HOUR, LIVES, Json, Phones
from flet_app.supervisor.session import Session, run
from flet_app.supervisor.views.asking import refusal
from flet_app.supervisor.views.people import collectors_at_work, name_of
from flet_app.theme import TOUCH_TARGET, is_dark, palette
from paperwork.qr import qr_png

QR_SIDE = 200  # dp; modules of about 4 dp, read from half a metre


def code_dialog(session: Session, phones: Phones) -> ft.AlertDialog:
    """The wish, until the code is there; then the code in large letters, beside its picture."""
    t, issued = session.texts.t, phones.code
    close = calling(phones.put_away)
    if issued is not None:
        return told_once(
            "code-done",
            title=t("Code for {name}", name=name_of(session, issued["collector"])),
            rows=_shown(session, issued),
            done=t("I have handed it over"),
            on_done=close,
        )
    make = ft.FilledButton(
        t("Make the code"),
        on_click=calling(run, phones.issue, session),
        disabled=not phones.collector or phones.busy,
        height=TOUCH_TARGET,
    )
    return ft.AlertDialog(
        title=ft.Text(t("Code for a new phone")),
        content=_wish(session, phones),
        actions=[
            tag("code-back", ft.TextButton(t("Leave it"), on_click=close, height=TOUCH_TARGET)),
            tag("code-make", make),
        ],
        scrollable=True,
        on_dismiss=close,
    )


def _wish(session: Session, phones: Phones) -> ft.Control:
    t, n = session.texts.t, session.texts.n
    people = [
        choice(
            f"code-for-{code}",
            name,
            selected=code == phones.collector,
            on_select=calling(partial(setattr, phones, "collector"), code),
        )
        for code, name in collectors_at_work(session)
    ]
    lives = [
        (
            f"code-days-{days}",
            str(days),
            t("Half an hour") if days == HALF_AN_HOUR else n("{count} day", "{count} days", days),
        )
        for days in LIVES
    ]
    return narrowed(
        [
            *refusal(session, phones, palette(dark=is_dark(ft.context.page)), identifier="code-failure"),
            ft.Text(t("For whom")),
            choices(people),
            ft.Text(t("Good for")),
            segments(lives, selected=str(phones.days), on_select=lambda days: _live(phones, days)),
        ]
    )


def _live(phones: Phones, days: str) -> None:
    phones.days = int(days)


def _shown(session: Session, issued: Json) -> list[ft.Control]:
    texts = session.texts
    until = texts.moment(datetime.fromisoformat(issued["expires_at"]), now=session.now())
    letters = ft.Text(
        issued["code"], size=34, weight=ft.FontWeight.W_700, font_family="monospace", selectable=True
    )
    picture = ft.Image(
        src=qr_png(issued["link"]),
        width=QR_SIDE,
        height=QR_SIDE,
        semantics_label=texts.t("The code as a picture"),
    )
    return [
        tag("code-shown", letters),
        tag("code-picture", picture),
        tag("code-until", ft.Text(texts.t("Good until {when}, for one phone.", when=until), size=16)),
        caption(texts.t("{email} signs in on the phone and types this code.", email=issued["email"])),
        caption(
            texts.t("A new phone's camera reads the picture: the link tells it the office and the code.")
        ),
        caption(texts.t("It is shown only now. Whoever loses it needs another.")),
    ]
