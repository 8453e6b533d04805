"""Depositar: cash and cheques that go to the bank, with the number of the slip."""

from __future__ import annotations

from typing import Any

import flet as ft

from flet_app.collector import figures
from flet_app.collector.actions.cash import SLIPS, deposit
from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.cash import cheque_row
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.form_parts import (
    at_a_glance,
    below,
    day_choice,
    leave_saying,
    remaining,
    told,
    use_recording,
)
from flet_app.collector.views.photo_field import PhotoField, use_place
from flet_app.collector.views.today import money
from flet_app.components.figures import line
from flet_app.components.handlers import calling, use_kept
from flet_app.components.inputs import (
    Typed,
    amount_field,
    bottom_bar,
    choice,
    choices,
    field,
    primary,
    use_typed,
)
from flet_app.components.surfaces import card, section, stacked
from receivables.cash import ChequeInHand
from receivables.money import Money
from receivables.typed_amounts import amount_flaws

PROPOSED = ((0, "Today"), (-1, "Yesterday"))
FIELDS = frozenset({"cash", "bank", "number", "account", "deposited_on"})


@ft.component
def DepositEntry() -> ft.View:
    app = use_app()
    t, texts = app.texts.t, app.texts
    route = ft.use_view_path()
    session = figures.cash_in_hand(app.phone.portfolio)
    currency = session.currency
    today = app.phone.today()
    ready = tuple(each.key for each in session.cheques if each.may_be_deposited(today))
    cash = use_kept(lambda: Typed(texts.amount_text(max(session.expected.minor, 0), currency)))
    chosen, set_chosen = ft.use_state(ready)
    bank, set_bank = ft.use_state("")
    on, set_on = ft.use_state(today)
    number, account = use_typed(), use_typed()
    _turn, set_turn = ft.use_state(0)
    place = use_place(app)

    def typed_cash() -> Money:
        return Money(texts.parse_amount(cash.value, currency) or 0, currency)

    def toggle(key: tuple[str, str]) -> None:
        set_chosen(tuple(each for each in chosen if each != key) if key in chosen else (*chosen, key))

    async def action() -> Any:
        return amount_flaws(cash.value, currency, "cash") or await deposit(
            app.phone, cash=typed_cash(), cheques=chosen, bank=bank, account=account.value,
            number=number.value, deposited_on=on,
        )  # fmt: skip

    def done(fact: Json) -> None:
        leave_saying(app, route, t("Deposit saved: {amount}", amount=texts.money(fact["total"], currency)))

    problems, saving, save = use_recording(action, done)
    picked = sum((each.amount for each in session.cheques if each.key in chosen), typed_cash())
    banks = [texts.label(item["label"]) for item in app.phone.portfolio.catalogues.get("banks", [])]
    rows: list[ft.Control] = [
        card(line(t("To deposit"), money(app, picked), strong=True)),
        amount_field(
            "deposit-cash", t("Cash"), cash, symbol=texts.symbol(currency), error=told(app, problems, "cash"),
            helper=t("You hold {amount}", amount=money(app, session.expected)),
            on_change=lambda _text: set_turn(lambda before: before + 1),
        ),
    ]  # fmt: skip
    if session.cheques:
        rows.append(section(t("Cheques")))
        rows.append(stacked([cheque_tick(app, each, chosen, toggle) for each in session.cheques]))
    rows += [
        section(t("Bank")),
        choices([
            choice(f"deposit-bank-{name}", name, selected=bank == name, on_select=calling(set_bank, name))
            for name in banks
        ], columns=2),
        *below(app, problems, "bank"),
        field(
            "deposit-number", t("Number of the slip"), number, error=told(app, problems, "number"),
            dense=True,
        ),
        field("deposit-account", t("Account"), account, error=told(app, problems, "account"), dense=True),
        section(t("Photo of the slip (optional)")),
        PhotoField(SLIPS, app.phone.enrolment.collector if app.phone.enrolment else "", place),
        section(t("Deposited on")),
        day_choice(app, "deposit-day", on, set_on, PROPOSED, last=today, days=30),
        *below(app, problems, "deposited_on"),
        *remaining(app, problems, FIELDS),
    ]  # fmt: skip
    return screen(
        app, route=route, title=t("Deposit"), body=scroll(rows),
        bottom=bottom_bar(
            primary(
                "deposit-save", t("Record deposit of {amount}", amount=money(app, picked)), save, busy=saving
            ),
            note=at_a_glance(app, problems),
        ),
    )  # fmt: skip


def cheque_tick(
    app: Window, cheque: ChequeInHand, chosen: tuple[tuple[str, str], ...], toggle: Any
) -> ft.Control:
    picked = cheque.key in chosen
    sign = ft.Icon(
        ft.Icons.CHECK_BOX if picked else ft.Icons.CHECK_BOX_OUTLINE_BLANK,
        color=ft.Colors.PRIMARY if picked else ft.Colors.OUTLINE,
    )
    return ft.Semantics(
        identifier=f"deposit-cheque-{cheque.number}",
        button=True,
        checked=picked,
        content=ft.Container(
            cheque_row(app, cheque, lead=sign), ink=True, on_click=calling(toggle, cheque.key)
        ),
    )
