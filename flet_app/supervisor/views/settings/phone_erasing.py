"""Erasing a phone from afar: what is asked before, and how far it has come beside the phone."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import flet as ft

from flet_app.components.figures import caption
from flet_app.components.handlers import calling
from flet_app.components.inputs import field
from flet_app.components.status import Status, Tone
from flet_app.components.tagging import tag
from flet_app.supervisor.phones import Json, Phones
from flet_app.supervisor.session import Session, run
from flet_app.supervisor.views.people import name_of
from flet_app.supervisor.words import FACTS
from flet_app.theme import TOUCH_TARGET
from receivables.wiping import WipeState

WIDTH = 440
LONGEST_REASON = 500


def erasing_status(session: Session, wipe: Json) -> Status:
    """How far the order has come."""
    t = session.texts.t
    match WipeState(wipe["state"]):
        case WipeState.ASKED:
            said = t("To be erased, asked {when}", when=_moment(session, wipe["asked_at"]))
            return Status(tone=Tone.WAITING, icon=ft.Icons.SCHEDULE, text=said)
        case WipeState.HEARD:
            said = t("Handing over since {when}", when=_moment(session, wipe["heard_at"]))
            return Status(tone=Tone.WAITING, icon=ft.Icons.OUTBOX_OUTLINED, text=said)
        case WipeState.HANDED_OVER:
            said = t("Everything handed over {when}", when=_moment(session, wipe["handed_over_at"]))
            return Status(tone=Tone.WAITING, icon=ft.Icons.MOVE_TO_INBOX, text=said)
        case WipeState.ERASED:
            said = t("Erased {when}", when=_moment(session, wipe["erased_at"]))
            return Status(tone=Tone.SETTLED, icon=ft.Icons.PHONELINK_ERASE, text=said)


def erasing_words(session: Session, wipe: Json) -> list[ft.Control]:
    """Who asked for it and why, and what the phone handed over."""
    texts = session.texts
    words: list[ft.Control] = [caption(texts.t("{who}: {reason}", who=wipe["by"], reason=wipe["reason"]))]
    if wipe["handed_over_at"]:
        facts: dict[str, int] = wipe["facts"]
        total = texts.n("{count} record handed over", "{count} records handed over", sum(facts.values()))
        kinds = [f"{texts.t(FACTS.get(kind, kind))}: {texts.number(many)}" for kind, many in facts.items()]
        words.append(caption(" · ".join([total, *kinds])))
    return words


def erasing_dialog(session: Session, phones: Phones, phone: Json) -> ft.AlertDialog:
    """The one question before; it can't be answered without a reason."""
    t, given = session.texts.t, bool(phones.reason.strip())
    style = ft.ButtonStyle(bgcolor=ft.Colors.ERROR, color=ft.Colors.ON_ERROR) if given else None
    confirm = ft.FilledButton(
        t("Erase {name}", name=phone["name"]),
        on_click=calling(run, phones.erase, session),
        height=TOUCH_TARGET,
        disabled=not given,
        style=style,
    )
    leave = calling(phones.consider_erasing, None)
    sentence = t(
        "It is shut out at once. At its next contact it hands over what it has not sent; then everything of "
        "the company is erased from it. You can take it back only until the phone hears of it. A phone that "
        "never reaches the office again is not erased."
    )
    reason = field(
        "phone-erase-reason", t("Reason"), value=phones.reason, on_change=partial(setattr, phones, "reason"),
        max_length=LONGEST_REASON, counter="",
    )  # fmt: skip
    return ft.AlertDialog(
        title=ft.Text(t("Erase the phone of {name}?", name=name_of(session, phone["collector"]))),
        content=ft.Container(
            ft.Column(
                [ft.Text(sentence), reason],
                spacing=16,
                tight=True,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            ),
            width=WIDTH,
        ),
        actions=[
            tag("phone-erase-back", ft.TextButton(t("Leave it"), on_click=leave, height=TOUCH_TARGET)),
            tag("phone-erase-confirm", confirm),
        ],
        scrollable=True,
        on_dismiss=leave,
    )


def _moment(session: Session, instant: str) -> str:
    return session.texts.moment(datetime.fromisoformat(instant), now=session.now())
