"""Cerrar caja: count by pieces, the difference with its reason, the signatures of both."""

from __future__ import annotations

from typing import Any

import flet as ft

from flet_app.collector import figures
from flet_app.collector.actions.cash import close_cash
from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.cash import cash_card, difference_line
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.form_parts import (
    at_a_glance,
    below,
    leave_saying,
    remaining,
    told,
    use_recording,
)
from flet_app.collector.views.today import money
from flet_app.components.figures import line
from flet_app.components.handlers import use_kept
from flet_app.components.inputs import Typed, bottom_bar, field, primary, use_typed
from flet_app.components.signature import Strokes, signature_field
from flet_app.components.surfaces import card, empty, section
from flet_app.components.tagging import tag
from flet_app.theme import EDGE
from receivables.cash import counted_of
from receivables.denominations import pieces_of

FIELDS = frozenset({"reason", "signature", "receiver", "counted"})


class Count:
    """How many pieces of each value were counted, as typed, and who signed."""

    def __init__(self, currency: str) -> None:
        self.pieces = {value: Typed("") for value in pieces_of(currency)}
        self.signature: Strokes = []
        self.received: Strokes = []

    @property
    def counts(self) -> dict[int, int]:
        return {value: int(typed.value or 0) for value, typed in self.pieces.items()}


@ft.component
def CloseCash() -> ft.View:
    app = use_app()
    t, texts = app.texts.t, app.texts
    route = ft.use_view_path()
    session = figures.cash_in_hand(app.phone.portfolio)
    currency = session.currency
    count = use_kept(lambda: Count(currency))
    reason, receiver = use_typed(), use_typed()
    _turn, set_turn = ft.use_state(0)
    enrolment = app.phone.enrolment

    def again(_text: str = "") -> None:
        set_turn(lambda before: before + 1)

    def sign(strokes: Strokes) -> None:
        count.signature = strokes

    def receive(strokes: Strokes) -> None:
        count.received = strokes

    async def action() -> Any:
        return await close_cash(
            app.phone, counted=counted_of(count.counts, currency), denominations=count.counts,
            reason=reason.value,
            signature={"name": enrolment.name if enrolment else "", "strokes": count.signature},
            receiver={"name": receiver.value.strip(), "strokes": count.received},
        )  # fmt: skip

    def done(fact: Json) -> None:
        leave_saying(app, route, t("Cash closed: {amount}", amount=texts.money(fact["counted"], currency)))

    problems, saving, save = use_recording(action, done)
    if session.is_empty:
        body: ft.Control = scroll([empty(ft.Icons.POINT_OF_SALE, t("There is nothing to close."))])
        return screen(app, route=route, title=t("Close cash"), body=body)
    counted = counted_of(count.counts, currency)
    difference = counted - session.expected
    figures_: list[ft.Control] = [
        line(t("Counted"), money(app, counted), strong=True),
        line(t("Should be"), money(app, session.expected)),
        *difference_line(app, difference.minor, currency),
    ]
    if session.cheques:
        words = texts.n("{count} cheque", "{count} cheques", len(session.cheques))
        figures_.append(line(words, money(app, session.cheques_total)))
    width = app.content_width - 2 * EDGE
    rows: list[ft.Control] = [
        cash_card(app, session),
        section(t("Count the cash")),
        *piece_rows(app, count, currency, again),
        *below(app, problems, "counted"),
        tag("close-figures", card(ft.Column(figures_, spacing=8, tight=True))),
    ]
    if difference:
        rows.append(
            field(
                "close-reason", t("Why there is a difference"), reason, error=told(app, problems, "reason"),
                multiline=True, max_lines=4, capitalization=ft.TextCapitalization.SENTENCES,
            )
        )  # fmt: skip
    rows += [
        section(t("Signatures")),
        signature_field("close-signature", t("You deliver"), t("Clear"), width, sign),
        *below(app, problems, "signature"),
        field("close-receiver-name", t("Name of who receives"), receiver, dense=True),
        signature_field("close-receiver", t("Who receives"), t("Clear"), width, receive),
        *below(app, problems, "receiver"),
        *remaining(app, problems, FIELDS),
    ]
    return screen(
        app, route=route, title=t("Close cash"), body=scroll(rows),
        bottom=bottom_bar(
            primary("close-save", t("Close with {amount}", amount=money(app, counted)), save, busy=saving),
            note=at_a_glance(app, problems),
        ),
    )  # fmt: skip


def piece_rows(app: Window, count: Count, currency: str, again: Any) -> list[ft.Control]:
    """One field per value of note or coin, two beside each other, with its sum."""

    def cell(value: int) -> ft.Control:
        typed = count.pieces[value]
        total = value * count.counts[value]
        return field(
            f"piece-{value}", app.texts.money(value, currency), typed, on_change=again, dense=True,
            keyboard_type=ft.KeyboardType.NUMBER, input_filter=ft.InputFilter(r"^[0-9]{0,5}$"),
            text_align=ft.TextAlign.RIGHT, suffix=f"= {app.texts.money(total, currency)}" if total else None,
            expand=True,
        )  # fmt: skip

    values = list(count.pieces)
    return [
        ft.Row([cell(value) for value in values[start : start + 2]], spacing=10)
        for start in range(0, len(values), 2)
    ]
