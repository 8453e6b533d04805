"""*Recibos por correo*: whether customers get their receipts by e-mail, since when, and what they read."""

from __future__ import annotations

from datetime import date
from functools import partial

import flet as ft

from flet_app.components.figures import caption
from flet_app.components.handlers import calling, use_kept
from flet_app.components.inputs import choice, choices, field, primary, secondary, segments
from flet_app.components.status import Tone
from flet_app.components.surfaces import card, notice, section, skeleton
from flet_app.components.tagging import tag
from flet_app.supervisor.receipt_mail import Json, ReceiptMail
from flet_app.supervisor.session import Session, run, use_session
from flet_app.supervisor.views.asking import refusal
from flet_app.theme import EDGE, GAP, Palette, is_dark, palette

SAMPLE_TITLES = {"receipt": "When a payment arrives", "void": "When it is voided"}


@ft.component
def ReceiptMailScreen() -> ft.Control:
    session, mail = use_session(), use_kept(ReceiptMail)
    ft.use_state(mail)
    ft.use_effect(partial(run, mail.read, session), dependencies=[])
    colors = palette(dark=is_dark(ft.context.page))
    again = calling(run, mail.read, session) if mail.saved is None else None
    told = [] if mail.faults else refusal(session, mail, colors, identifier="mail-failure", again=again)
    if mail.saved is None:
        return ft.ListView([*told, *([] if mail.failure else [skeleton(4)])], padding=EDGE, expand=True)
    form = ft.Column([*told, *_form(session, mail, colors)], spacing=GAP)
    seen = ft.Column(_samples(session, mail), spacing=GAP)
    halves: list[ft.Control] = [
        ft.Container(form, col={"xs": 12, "lg": 6}), ft.Container(seen, col={"xs": 12, "lg": 6})
    ]  # fmt: skip
    return ft.ListView([ft.ResponsiveRow(halves, spacing=24, run_spacing=GAP)], padding=EDGE, expand=True)


def _form(session: Session, mail: ReceiptMail, colors: Palette) -> list[ft.Control]:
    t, today = session.texts.t, session.today()
    rows: list[ft.Control] = [
        segments(
            [("mail-off", "off", t("Not sent")), ("mail-on", "on", t("Sent to customers"))],
            selected="on" if mail.active else "off",
            on_select=partial(mail.switch, today=today),
        )
    ]
    if mail.active:
        rows.append(section(t("First day")))
        rows.append(choices([_day(session, mail, day) for day in mail.days_offered(today)]))
        rows += [caption(said) for name, said in mail.faults.items() if name == "from_on"]
        rows.append(
            field(
                "mail-reply-to", t("Where answers go (optional)"), value=mail.reply_to,
                on_change=partial(setattr, mail, "reply_to"), error=mail.faults.get("reply_to"),
                keyboard_type=ft.KeyboardType.EMAIL,
                helper=t("An address that somebody reads. Without one they go to the sender's."),
            )
        )  # fmt: skip
    rows.append(_what_will_happen(session, mail, colors))
    rows.append(_actions(session, mail))
    if mail.before is not None and not mail.is_changed:
        said = t("Saved. It counts from the next run, within minutes.")
        icon = ft.Icons.CHECK_CIRCLE
        rows.append(notice(said, colors, tone=Tone.SETTLED, icon=icon, identifier="mail-saved"))
    return rows


def _what_will_happen(session: Session, mail: ReceiptMail, colors: Palette) -> ft.Control:
    t = session.texts.t
    if not mail.active:
        words = t(
            "No customer gets a receipt by e-mail. When you switch it on, you choose the first day whose"
            " receipts go out."
        )
        return notice(words, colors, tone=Tone.PLAIN, icon=ft.Icons.MAIL_OUTLINE, identifier="mail-meaning")
    day = session.texts.day(date.fromisoformat(mail.from_on)) if mail.from_on else "–"
    words = t(
        "Each customer with an e-mail address gets each receipt of {day} and later once, as a PDF, minutes"
        " after it arrives, and a word if it is voided. Who withdrew e-mails gets none. A mail cannot be"
        " called back.",
        day=day,
    )
    return notice(words, colors, icon=ft.Icons.FORWARD_TO_INBOX, identifier="mail-meaning")


def _day(session: Session, mail: ReceiptMail, day: date) -> ft.Control:
    iso, today = day.isoformat(), session.today()
    words = session.texts.day(day)
    if day == today:
        words = session.texts.t("Today, {day}", day=words)
    choose = calling(partial(setattr, mail, "from_on"), iso)
    return choice(f"mail-from-{iso}", words, selected=mail.from_on == iso, on_select=choose)


def _actions(session: Session, mail: ReceiptMail) -> ft.Control:
    """Saving, and the way back: from a draft to what stands, or from what was saved to what stood before."""
    t = session.texts.t
    if mail.before is not None and not mail.is_changed:
        undo = calling(run, mail.undo, session)
        back = secondary("mail-undo", t("Undo"), undo, icon=ft.Icons.UNDO, disabled=mail.busy)
    else:
        back = secondary("mail-discard", t("Discard"), calling(mail.discard), disabled=not mail.is_changed)
    save = calling(run, mail.save, session)
    return ft.Row(
        [back, primary("mail-save", t("Save"), save, disabled=not mail.is_changed, busy=mail.busy)],
        spacing=10,
    )


def _samples(session: Session, mail: ReceiptMail) -> list[ft.Control]:
    """What a customer reads, with the company's name as it stands."""
    rows: list[ft.Control] = [section(session.texts.t("What the customer reads"))]
    for sample in mail.samples:
        rows += [caption(session.texts.t(SAMPLE_TITLES[sample["kind"]])), _sample(sample)]
    return rows


def _sample(sample: Json) -> ft.Control:
    words: list[ft.Control] = [
        ft.Text(sample["subject"], size=15, weight=ft.FontWeight.W_600),
        ft.Text(sample["text"].strip(), size=14),
    ]
    return tag(f"mail-sample-{sample['kind']}", card(ft.Column(words, spacing=8, tight=True)))
