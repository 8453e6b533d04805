"""What is asked before something is done to a person, and the password that is told once."""

from __future__ import annotations

from datetime import datetime

import flet as ft

from flet_app.components.dialogs import confirmation, told_once
from flet_app.components.figures import caption
from flet_app.components.handlers import calling
from flet_app.components.tagging import tag
from flet_app.supervisor.session import Session, run
from flet_app.supervisor.staff import Json, Staff

QUESTIONS = {
    "disable": (
        "Disable {name}?",
        "{name} is out of the office and the phones at once. What a phone has not sent stays on it, until it "
        "makes a file for the office. Customers stay assigned until somebody else gets them.",
        "Disable {name}",
    ),
    "enable": (
        "Enable {name}?",
        "{name} has the same roles again. Phones need a new code.",
        "Enable {name}",
    ),
    "password": (
        "A new password for {name}?",
        "The one before is worth nothing from now on, and sessions of the office end. Phones go on.",
        "Replace the password of {name}",
    ),
}
"""Title, sentence and the words of the button."""


def people_dialog(session: Session, staff: Staff) -> ft.AlertDialog | None:
    """The dialog that is open, if any."""
    if staff.told is not None and staff.told["one_time_password"]:
        return _password(session, staff, staff.told)
    if staff.considered is None:
        return None
    (verb, person), t = staff.considered, session.texts.t
    title, sentence, consequence = (t(words, name=person["name"]) for words in QUESTIONS[verb])
    return confirmation(
        f"person-{verb}",
        title=title,
        sentence=sentence,
        consequence=consequence,
        back=t("Leave it"),
        on_confirm=calling(run, staff.carry_out, session),
        on_back=calling(staff.reconsider),
        grave=verb != "enable",
    )


def _password(session: Session, staff: Staff, told: Json) -> ft.AlertDialog:
    texts, person = session.texts, told["person"]
    until = texts.moment(datetime.fromisoformat(person["one_time_until"]), now=session.now())
    letters = ft.Text(
        told["one_time_password"],
        size=24,
        no_wrap=True,
        weight=ft.FontWeight.W_700,
        font_family="monospace",
        selectable=True,
    )
    page = _address_of(ft.context.page)
    rows: list[ft.Control] = [
        ft.Text(person["email"], size=16),
        tag("password-shown", letters),
        ft.Text(texts.t("Good until {when}, for one use.", when=until), size=16),
        caption(
            texts.t(
                "It has to be changed on this page before the first sign-in, also on a phone: {page}",
                page=page,
            )
        ),
        caption(texts.t("It is shown only now. Whoever loses it needs another.")),
    ]
    return told_once(
        "password-done",
        title=texts.t("Password of {name}", name=person["name"]),
        rows=rows,
        done=texts.t("I have handed it over"),
        on_done=calling(staff.put_away),
    )


def _address_of(page: ft.Page) -> str:
    """Where this page is opened in a browser; Flet tells the address of its socket."""
    return str(page.url or "").replace("ws", "http", 1)
