"""Consentimiento: by which means a person may be contacted, given with a signature or withdrawn at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import flet as ft

from flet_app.collector.actions.contacts import record_consent
from flet_app.collector.contact_rules import consents_of, needs_visits_authorised
from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.form_parts import (
    at_a_glance,
    below,
    leave_saying,
    remaining,
    told,
    use_recording,
)
from flet_app.collector.views.records import CHANNEL_WORDS
from flet_app.components.figures import caption
from flet_app.components.handlers import calling, use_kept
from flet_app.components.inputs import bottom_bar, choice, choices, field, primary, segments, use_typed
from flet_app.components.signature import Strokes, signature_field
from flet_app.components.status import Status, Tone, status_line
from flet_app.components.surfaces import card, section, stacked
from flet_app.components.tagging import tag
from flet_app.theme import EDGE
from receivables.compliance import Channel
from receivables.consents import consent_text
from receivables.documents import parse_instant

FIELDS = frozenset({"contact", "channels", "signature"})
REMOTE = (Channel.CALL, Channel.WHATSAPP, Channel.SMS, Channel.EMAIL)


class Signed:
    """What was drawn, which no render shows."""

    def __init__(self) -> None:
        self.strokes: Strokes = []


@ft.component
def ConsentEntry() -> ft.View:
    app = use_app()
    t = app.texts.t
    code = ft.use_route_params().get("code", "")
    route = ft.use_view_path()
    way, set_way = ft.use_state("give")
    chosen, set_chosen = ft.use_state(frozenset[Channel]())
    contact, signed = use_typed(), use_kept(Signed)
    gives = way == "give"

    def toggle(channel: Channel) -> None:
        set_chosen(chosen ^ {channel})

    def sign(strokes: Strokes) -> None:
        signed.strokes = strokes

    async def action() -> Any:
        return await record_consent(
            app.phone, code, contact=contact.value, channels=chosen, given=gives,
            language=app.texts.language, strokes=signed.strokes,
        )  # fmt: skip

    def done(fact: Json) -> None:
        leave_saying(app, route, t("Consent saved") if fact["given"] else t("Withdrawal saved"))

    problems, saving, save = use_recording(action, done)
    version, words = consent_text(app.phone.portfolio.company, app.texts.language)
    rows: list[ft.Control] = [
        section(t("What counts now")),
        standing(app, code),
        segments(
            [("consent-give", "give", t("Authorises")), ("consent-withdraw", "withdraw", t("Withdraws"))],
            selected=way, on_select=set_way,
        ),
        choices([
            choice(
                f"consent-{channel}", t(CHANNEL_WORDS[channel]), selected=channel in chosen,
                on_select=calling(toggle, channel),
            )
            for channel in offered(app)
        ], columns=2),
        *below(app, problems, "channels"),
        field(
            "consent-contact", t("Name of the person"), contact, error=told(app, problems, "contact"),
            dense=True, capitalization=ft.TextCapitalization.WORDS,
        ),
    ]  # fmt: skip
    if gives:
        text = tag("consent-text", ft.Text(words, size=14))
        rows.append(card(ft.Column([text, caption(t("Text no. {version}", version=version))], tight=True)))
    signature = t("Signature") if gives else t("Signature (optional)")
    rows += [
        signature_field("consent-signature", signature, t("Clear"), app.content_width - 2 * EDGE, sign),
        *below(app, problems, "signature"),
        *remaining(app, problems, FIELDS),
    ]
    label = t("Save consent") if gives else t("Withdraw consent")
    return screen(
        app, route=route, title=t("Consent"), subtitle=app.phone.portfolio.customer_name(code),
        body=scroll(rows), bottom=bottom_bar(
            primary("consent-save", label, save, busy=saving), note=at_a_glance(app, problems)
        ),
    )  # fmt: skip


def offered(app: Window) -> tuple[Channel, ...]:
    """A visit is asked for only where the law does."""
    return (*REMOTE, Channel.VISIT) if needs_visits_authorised(app.phone.portfolio) else REMOTE


def standing(app: Window, code: str) -> ft.Control:
    """The last word of the customer about each means, who said it and when."""
    said = consents_of(app.phone.portfolio, code)["channels"]
    return stacked([standing_row(app, channel, said.get(channel)) for channel in offered(app)])


def standing_row(app: Window, channel: Channel, word: Mapping[str, Any] | None) -> ft.Control:
    t = app.texts.t
    if word is None:
        status = Status(tone=Tone.PLAIN, icon=ft.Icons.HELP_OUTLINE, text=t("Nothing recorded"))
    else:
        at = app.texts.moment(parse_instant(word["at"]), now=app.phone.now())
        who = f"{word['contact']} · {at}"
        status = (
            Status(
                tone=Tone.SETTLED, icon=ft.Icons.CHECK_CIRCLE_OUTLINE, text=t("Authorised: {who}", who=who)
            )
            if word["given"]
            else Status(tone=Tone.LATE, icon=ft.Icons.BLOCK, text=t("Withdrawn: {who}", who=who))
        )
    lines: list[ft.Control] = [
        ft.Text(t(CHANNEL_WORDS[channel]), size=15), status_line(status, app.palette)
    ]  # fmt: skip
    return tag(
        f"consent-state-{channel}",
        ft.Container(
            ft.Column(lines, spacing=2, tight=True), padding=ft.Padding.symmetric(horizontal=14, vertical=9)
        ),
    )
