"""What promises, disputes and informed payments share: which open invoices they are about, and how much."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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

Proposal = Callable[[Sequence[OpenItem]], Iterable[str]]


class Claim:
    """The invoices that a customer speaks of and the amount, which follows them until somebody types it."""

    def __init__(self, *, single: bool) -> None:
        self.single = single
        self.chosen: tuple[str, ...] = ()
        self.amount = Typed("")

    def toggle(self, number: str) -> None:
        if self.single:
            self.chosen = (number,)
        elif number in self.chosen:
            self.chosen = tuple(each for each in self.chosen if each != number)
        else:
            self.chosen = (*self.chosen, number)

    def propose(self, app: Window, items: Iterable[OpenItem], currency: str) -> None:
        open_ = sum((item.open for item in items if item.invoice in self.chosen), Money.zero(currency))
        self.amount.set(app.texts.amount_text(open_.minor, currency) if open_ else "")

    def money(self, app: Window, currency: str) -> Money:
        """What was typed; nothing where that is no amount."""
        return Money(app.texts.parse_amount(self.amount.value, currency) or 0, currency)


class ClaimForm:
    """One render of such a form: what is open at the customer, what was chosen, the rows to choose by."""

    def __init__(
        self, app: Window, code: str, claim: Claim, items: list[OpenItem], again: Callable[[], Any]
    ) -> None:
        self.items = items
        self.currency = items[0].open.currency if items else app.phone.portfolio.currency
        self.chosen, self.amount = claim.chosen, claim.amount
        self.symbol = app.texts.symbol(self.currency)
        self._app, self._code, self._claim, self._again = app, code, claim, again

    @property
    def money(self) -> Money:
        return self._claim.money(self._app, self.currency)

    def ticks(self) -> ft.Control:
        return invoice_ticks(self._app, self.items, self.chosen, self._toggle, single=self._claim.single)

    def _toggle(self, number: str) -> None:
        self._claim.toggle(number)
        self._claim.propose(self._app, self.items, self.currency)
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
        claim = Claim(single=single)
        claim.chosen = tuple(proposed(items))
        if items:
            claim.propose(app, items, items[0].open.currency)
        return claim

    claim = use_kept(begin)
    return ClaimForm(app, code, claim, items, lambda: set_turn(lambda before: before + 1))
