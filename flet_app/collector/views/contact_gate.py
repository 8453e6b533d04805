"""What stands between a tap and a contact: the rules in plain words, and the way on where there is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flet as ft

from flet_app.collector.contact_rules import decide, next_instant
from flet_app.collector.state import Window
from flet_app.components.figures import caption
from flet_app.components.inputs import primary, secondary
from flet_app.theme import EDGE, GAP
from receivables.compliance import Channel, Code, Decision, Outcome


@dataclass(frozen=True, slots=True)
class Intention:
    """A contact that the collector wants to make, and what the rules say; `url` opens the phone's own app."""

    channel: Channel
    decision: Decision
    url: str | None = None


def intend(app: Window, code: str, channel: Channel, url: str | None = None) -> Intention:
    phone = app.phone
    return Intention(channel, decide(phone.portfolio, code, channel, phone.now(), zone=phone.zone), url)


def gate(
    app: Window,
    code: str,
    wanted: Intention,
    *,
    on_go: Callable[[str | None], Any],
    on_back: Callable[[Any], Any],
) -> ft.BottomSheet:
    """The sheet that says why not, or why better not; `on_go` gets the reason for going on, or None."""
    t, decision = app.texts.t, wanted.decision
    blocked = decision.outcome is Outcome.BLOCK
    title = t("The rules do not allow it now") if blocked else t("Better not now")
    rows: list[ft.Control] = [ft.Text(title, size=18, weight=ft.FontWeight.W_600)]
    rows += [
        ft.Row(
            [
                ft.Icon(ft.Icons.BLOCK if blocked else ft.Icons.INFO_OUTLINE, size=20),
                ft.Text(words_of(app, finding.code), size=15, expand=True),
            ],
            spacing=10,
        )
        for finding in decision.findings
    ]
    rows.append(caption(allowed_again(app, code, wanted.channel)))
    if decision.pack:
        rows.append(caption(decision.pack.source))
    action = ft.OpenUrl(wanted.url, target=ft.UrlTarget.BLANK) if wanted.url else None
    if blocked:
        rows += [
            secondary(
                f"contact-exception-{reason.code}",
                t("Go on: {reason}", reason=app.texts.label(reason.label)),
                going(on_go, reason.code),
                action=action,
            )
            for reason in decision.exceptions
        ]
    else:
        rows.append(secondary("contact-anyway", t("Go on anyway"), going(on_go, None), action=action))
    rows.append(primary("contact-back", t("Leave it"), on_back))
    return ft.BottomSheet(
        ft.Container(
            ft.Column(
                rows, spacing=GAP, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
            ),
            padding=ft.Padding.only(left=EDGE + 4, right=EDGE + 4, bottom=20, top=4),
        ),
        show_drag_handle=True,
        scrollable=True,
        on_dismiss=on_back,
    )  # fmt: skip


def going(on_go: Callable[[str | None], Any], exception: str | None) -> Callable[[Any], Any]:
    async def handler(_event: Any) -> None:
        await on_go(exception)

    return handler


def words_of(app: Window, code: Code) -> str:
    """A finding in the collector's language."""
    t = app.texts.t
    return {
        Code.OUT_OF_HOURS: t("It is outside the hours in which customers may be contacted."),
        Code.HOLIDAY: t("It is a public holiday."),
        Code.DAY_LIMIT: t("This customer was contacted today already."),
        Code.WEEK_CHANNEL: t("This customer was contacted this week already."),
        Code.NO_CONSENT: t("This customer did not authorise this means of contact."),
        Code.VISIT_FORBIDDEN: t("This customer did not authorise visits."),
        Code.PARTY_NOT_ALLOWED: t("Only the debtor and who answers for the debt may be contacted."),
    }[code]


def allowed_again(app: Window, code: str, channel: Channel) -> str:
    """When it would be in order, or that time does not help."""
    t, phone = app.texts.t, app.phone
    at = next_instant(phone.portfolio, code, channel, phone.now(), zone=phone.zone)
    if at is None:
        return t("It does not depend on the hour: ask the office.")
    return t("From {day}, {hour}, it is in order.", day=app.texts.weekday(app.texts.local(at).date()),
             hour=app.texts.clock(at))  # fmt: skip
