"""Caja: what is in the bag against its limit, the cheques, what went to the bank, the closes."""

from __future__ import annotations

from typing import Any

import flet as ft

from flet_app.collector import figures
from flet_app.collector.actions.authorship import policy_of
from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.handing_over import letter_button
from flet_app.collector.views.records import fact_status
from flet_app.collector.views.today import money
from flet_app.components.figures import amount, bar, caption, figure, line
from flet_app.components.inputs import bottom_bar, primary, secondary
from flet_app.components.status import Tone, status_line, tone_color
from flet_app.components.surfaces import card, empty, notice, section, stacked
from flet_app.components.tagging import tag
from receivables.cash import CashSession, CashState, ChequeInHand, cash_state
from receivables.documents import parse_date, parse_instant

SHOWN_CLOSES = 10
CASH_TONES = {CashState.FULL: Tone.LATE, CashState.NEAR: Tone.WAITING}
"""How cash in hand looks against its limit; else as any figure."""


@ft.component
def Cash() -> ft.View:
    app = use_app()
    t = app.texts.t
    session = figures.cash_in_hand(app.phone.portfolio)
    rows: list[ft.Control] = [cash_card(app, session), *limit_notice(app, session)]
    rows.append(section(t("Cheques in hand"), trailing=caption(money(app, session.cheques_total), size=14)))
    rows.append(
        stacked([cheque_row(app, each) for each in session.cheques])
        if session.cheques
        else empty(ft.Icons.FACT_CHECK_OUTLINED, t("You hold no cheques."))
    )
    deposits = [app.phone.portfolio.deposits[each] for each in session.deposits]
    if deposits:
        rows.append(section(t("Deposits since the last close")))
        rows.append(stacked([deposit_row(app, each) for each in newest(deposits)]))
    closes = newest(list(app.phone.portfolio.closes.values()))[:SHOWN_CLOSES]
    if closes:
        rows += [section(t("Closes")), stacked([close_row(app, each) for each in closes])]
    holds = session.expected.minor > 0 or bool(session.cheques)
    return screen(
        app, route=ft.use_view_path(), title=t("Cash"), body=scroll(rows),
        bottom=bottom_bar(
            secondary(
                "open-deposit", t("Deposit"), lambda _event: app.open("caja/deposito"), expand=2,
                disabled=not holds,
            ),
            primary(
                "open-close", t("Close cash"), lambda _event: app.open("caja/cierre"), expand=3,
                disabled=session.is_empty,
            ),
            note=caption(t("There is nothing to deposit or to close yet.")) if session.is_empty else None,
        ),
    )  # fmt: skip


def newest(documents: list[Json]) -> list[Json]:
    return sorted(documents, key=lambda doc: (doc["created_at"], doc["_id"]), reverse=True)


def cash_card(app: Window, session: CashSession) -> ft.Control:
    """The answer first: how much cash is in the bag; below, how it came about."""
    t = app.texts.t
    limit = policy_of(app.phone.portfolio).cash_limit
    tone = CASH_TONES.get(cash_state(session.expected, limit), Tone.SETTLED)
    held = money(app, session.expected)
    goal = t("of {goal}", goal=money(app, limit)) if limit else None
    answer: list[ft.Control] = [figure(t("Cash in hand"), held, note=goal, size=30)]
    if limit and limit.minor:
        part = session.expected.minor / limit.minor
        color = tone_color(tone, app.palette)
        answer.append(bar(part, color=color, spoken=f"{t('Cash in hand')}: {held} {goal}"))
    rows: list[ft.Control] = [
        ft.Semantics(
            identifier="cash-in-hand",
            content=ft.Column(
                answer, spacing=6, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH
            ),
        )
    ]  # fmt: skip
    parts = (
        (t("From the last close"), session.opening),
        (t("Collected in cash"), session.collected),
        (t("Voided"), -session.voided),
        (t("Deposited"), -session.deposited),
    )
    rows += [line(label, money(app, value)) for label, value in parts if value]
    return card(ft.Column(rows, spacing=8, tight=True))


def limit_notice(app: Window, session: CashSession) -> list[ft.Control]:
    t = app.texts.t
    match cash_state(session.expected, policy_of(app.phone.portfolio).cash_limit):
        case CashState.FULL:
            words = t("You have reached the limit: take no more cash until you make a deposit or close.")
            return [notice(words, app.palette, tone=Tone.LATE, identifier="cash-full")]
        case CashState.NEAR:
            words = t("You are near the limit of cash. Make a deposit soon.")
            return [notice(words, app.palette, identifier="cash-near")]
        case _:
            return []


def cheque_row(app: Window, cheque: ChequeInHand, *, lead: ft.Control | None = None) -> ft.Control:
    t, on = app.texts.t, app.phone.today()
    receipt = app.phone.portfolio.receipts[cheque.receipt]
    when = app.texts.day(cheque.cheque_on) if cheque.cheque_on else ""
    waits = not cheque.may_be_deposited(on)
    words = t("to deposit from {day}", day=when) if waits else t("ready to deposit")
    tone = Tone.WAITING if waits else Tone.SETTLED
    texts: list[ft.Control] = [
        ft.Text(" ".join(part for part in (cheque.bank, cheque.number) if part), size=15, max_lines=1),
        caption(app.phone.portfolio.customer_name(receipt["customer"])),
        ft.Text(words, size=13, color=tone_color(tone, app.palette)),
    ]
    return ft.Container(
        ft.Row(
            [
                *([lead] if lead else []),
                ft.Column(texts, spacing=2, tight=True, expand=True),
                amount(money(app, cheque.amount)),
            ],
            spacing=10,
        ),
        padding=ft.Padding.symmetric(horizontal=14, vertical=11),
    )


def deposit_row(app: Window, deposit: Json) -> ft.Control:
    on = app.texts.day(parse_date(deposit["deposited_on"]))
    return tag(
        f"deposit-{deposit['number']}",
        ft.Container(
            ft.Row(
                [
                    ft.Column(
                        [
                            ft.Text(f"{deposit['bank']} · {deposit['number']}", size=15, max_lines=1),
                            caption(on),
                            status_line(fact_status(app, deposit["_id"]), app.palette),
                            letter_button(
                                app, f"paper-{deposit['_id']}", app.texts.t("Paper"), deposit["_id"],
                                above="caja",
                            ),
                        ],
                        spacing=2, tight=True, expand=True,
                    ),
                    amount(app.texts.money(deposit["total"], deposit["currency"])),
                ],
                spacing=10,
            ),
            padding=ft.Padding.symmetric(horizontal=14, vertical=11),
        ),
    )  # fmt: skip


def close_row(app: Window, close: Json) -> ft.Control:
    t, currency = app.texts.t, close["currency"]
    receiver = str((close.get("receiver") or {}).get("name") or "")
    lines: list[ft.Control] = [
        ft.Text(app.texts.moment(parse_instant(close["created_at"]), now=app.phone.now()), size=15),
        caption(t("Handed to {name}", name=receiver)),
        *difference_line(app, int(close["difference"]), currency),
        status_line(fact_status(app, close["_id"]), app.palette),
        letter_button(
            app, f"paper-{close['_id']}", t("Paper"), close["_id"], above="caja"
        ),
    ]  # fmt: skip
    return tag(
        f"close-{close['_id']}",
        ft.Container(
            ft.Row(
                [
                    ft.Column(lines, spacing=2, tight=True, expand=True),
                    amount(app.texts.money(close["counted"], currency)),
                ],
                spacing=10,
            ),
            padding=ft.Padding.symmetric(horizontal=14, vertical=11),
        ),
    )


def difference_line(app: Window, minor: int, currency: str) -> list[ft.Control]:
    """Nothing where the count is right; else how much is missing or too much, in words and colour."""
    if not minor:
        return []
    t, figure = app.texts.t, app.texts.money(abs(minor), currency)
    words: Any = t("{amount} missing", amount=figure) if minor < 0 else t("{amount} too much", amount=figure)
    tone = Tone.LATE if minor < 0 else Tone.WAITING
    return [ft.Text(words, size=14, color=tone_color(tone, app.palette), weight=ft.FontWeight.W_600)]
