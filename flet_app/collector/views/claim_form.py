"""What promises, disputes and informed payments share: which open invoices they are about, and how much."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import flet as ft

from flet_app.collector import figures
from flet_app.collector.state import Window
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.form_parts import Problems, at_a_glance, invoice_ticks
from flet_app.components.handlers import use_kept
from flet_app.components.inputs import Typed, bottom_bar
from flet_app.components.surfaces import empty
from receivables.invoices import OpenItem
from receivables.money import Money
from receivables.typed_amounts import amount_flaws
from receivables.validation import Problem

Proposal = Callable[[Sequence[OpenItem]], Iterable[str]]


class Claim:
    """The invoices that a customer speaks of, all of one currency, and the amount, which follows them until
    somebody types it.
    """

    def __init__(self, *, single: bool) -> None:
        self.single = single
        self.chosen: tuple[str, ...] = ()
        self.amount = Typed("")

    def choose(self, app: Window, items: Iterable[OpenItem], numbers: Collection[str], currency: str) -> None:
        """Speak of those of `items` that are named and owed in `currency`."""
        meant = [item for item in items if item.invoice in numbers and item.open.currency == currency]
        self.chosen = tuple(item.invoice for item in meant)
        open_ = sum(item.open.minor for item in meant)
        self.amount.set(app.texts.amount_text(open_, currency) if open_ else "")

    def toggle(self, app: Window, items: Iterable[OpenItem], item: OpenItem) -> None:
        """Speak of an invoice, or no longer; one of another currency takes the place of all others."""
        numbers = {item.invoice} if self.single else {*self.chosen} ^ {item.invoice}
        self.choose(app, items, numbers, item.open.currency)


class ClaimForm:
    """One render of such a form: what is open at the customer, what was chosen, the rows to choose by."""

    def __init__(
        self, app: Window, code: str, claim: Claim, items: list[OpenItem], again: Callable[[], Any]
    ) -> None:
        self.items = items
        chosen = [item for item in items if item.invoice in claim.chosen]
        self.currency = currency_of(app, code, chosen or items)
        self.chosen, self.amount = claim.chosen, claim.amount
        self.symbol = app.texts.symbol(self.currency)
        self._app, self._code, self._claim, self._again = app, code, claim, again

    @property
    def money(self) -> Money:
        """What was typed; nothing where that is no amount."""
        return Money(self._app.texts.parse_amount(self.amount.value, self.currency) or 0, self.currency)

    @property
    def flaws(self) -> list[Problem]:
        """Why what was typed can't be told for an amount."""
        return amount_flaws(self.amount.value, self.currency)

    def ticks(self) -> ft.Control:
        return invoice_ticks(self._app, self.items, self.chosen, self._toggle, single=self._claim.single)

    def _toggle(self, number: str) -> None:
        item = next(each for each in self.items if each.invoice == number)
        self._claim.toggle(self._app, self.items, item)
        self._again()

    def screen(
        self, *, route: str, title: str, rows: list[ft.Control], save: ft.Control, problems: Problems
    ) -> ft.View:
        """The form, or that there is nothing to speak of."""
        app = self._app
        name = app.phone.portfolio.customer_name(self._code)
        if not self.items:
            nothing = empty(ft.Icons.CHECK_CIRCLE_OUTLINE, app.texts.t("This customer owes nothing."))
            return screen(app, route=route, title=title, subtitle=name, body=scroll([nothing]))
        return screen(
            app, route=route, title=title, subtitle=name, body=scroll(rows),
            bottom=bottom_bar(save, note=at_a_glance(app, problems)),
        )  # fmt: skip


def use_claim(
    app: Window, code: str, *, single: bool = False, proposed: Proposal = lambda _items: ()
) -> ClaimForm:
    """A hook: the form about the open invoices of the customer `code`; `proposed` are ticked at first."""
    items = figures.open_items(app.phone.portfolio, code)
    _turn, set_turn = ft.use_state(0)

    def begin() -> Claim:
        claim, wanted = Claim(single=single), set(proposed(items))
        meant = [item for item in items if item.invoice in wanted]
        claim.choose(app, meant, wanted, currency_of(app, code, meant))
        return claim

    claim = use_kept(begin)
    return ClaimForm(app, code, claim, items, lambda: set_turn(lambda before: before + 1))


def currency_of(app: Window, code: str, items: Sequence[OpenItem]) -> str:
    """The customer's own where one of `items` is owed in it or there are none, else that of the first."""
    own = figures.currency_of(app.phone.portfolio, code)
    return own if not items or any(item.open.currency == own for item in items) else items[0].open.currency
