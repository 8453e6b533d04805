"""What a collector has entered of a receipt so far, and what the rules say of it; no control and no text."""

from __future__ import annotations

from flet_app.collector import figures
from flet_app.collector.actions.receipts import preview
from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window
from flet_app.collector.views.payment_lines import LineDraft
from flet_app.components.inputs import Typed
from receivables.allocation import AllocationPlan
from receivables.invoices import OpenItem
from receivables.money import Money
from receivables.receipts import PaymentLine, ReceiptDraft
from receivables.validation import Problem

OLDEST, CHOOSE = "oldest", "choose"
ABOUT_LINES = frozenset(
    {"cash_over_cap"}
)  # said when the means of payment are chosen, not while the amount is


class ReceiptForm:
    """Lives as long as the screen. What is overdue is proposed, else all that is open; nothing is forced."""

    def __init__(self, app: Window, customer: str) -> None:
        sums = figures.totals(app.phone.portfolio, customer, on=app.phone.today())
        self.id = app.phone.world.ulid()
        self.is_recording = False
        self.customer = customer
        self.amount = sums.overdue if sums.overdue else sums.balance
        self.currency = self.amount.currency
        self.mode = OLDEST
        self.chosen: list[str] = []
        self.lines: list[LineDraft] = []
        self.place: Json | None = None
        text = app.texts.amount_text(self.amount.minor, self.currency) if self.amount else ""
        self.amount_text = Typed(text)

    @property
    def paid(self) -> Money:
        return sum((each.amount for each in self.lines), Money.zero(self.currency))

    @property
    def missing(self) -> Money:
        """What the lines don't cover yet; negative where they are more."""
        return self.amount - self.paid

    # -- how much, on what --------------------------------------------------------------------
    def type_amount(self, app: Window, text: str) -> None:
        self.amount = Money(app.texts.parse_amount(text, self.currency) or 0, self.currency)

    def choose_mode(self, app: Window, mode: str) -> None:
        """Choosing begins with what oldest first would have paid."""
        if mode == CHOOSE and not self.chosen:
            plan = self.plan(app)
            if isinstance(plan, AllocationPlan):
                self.chosen = [each.invoice for each in plan.allocations]
        self.mode = mode

    def toggle(self, app: Window, items: list[OpenItem], number: str) -> None:
        """Take an invoice in or out; the amount becomes the sum of those chosen."""
        others = [each for each in self.chosen if each != number]
        self.chosen = others if number in self.chosen else [*others, number]
        picked = (item.open for item in items if item.invoice in self.chosen)
        self.amount = sum(picked, Money.zero(self.currency))
        self.amount_text.set(app.texts.amount_text(self.amount.minor, self.currency))

    def plan(self, app: Window) -> AllocationPlan | list[Problem]:
        """How the amount would be applied, whatever it is paid with."""
        return preview(app.phone, self._draft(app, (PaymentLine("cash", self.amount),)))

    def amount_problems(self, app: Window) -> list[Problem]:
        if app.texts.parse_amount(self.amount_text.value, self.currency) is None:
            return [Problem("amount_not_positive", "amount")]
        plan = self.plan(app)
        return [each for each in plan if each.code not in ABOUT_LINES] if isinstance(plan, list) else []

    def show_again(self) -> None:
        """The step that is about to appear is drawn anew: its fields need their texts."""
        self.amount_text.show()
        for each in self.lines:
            each.show_again()

    # -- by which means -----------------------------------------------------------------------
    def begin_lines(self, app: Window) -> None:
        """All of it in cash, until the collector says otherwise."""
        if self.missing:
            self.lines = [LineDraft.of(app, "cash", self.amount)]

    def use_method(self, app: Window, method: str) -> None:
        """Pay what is missing by `method`; with nothing missing, pay the last line by it."""
        if self.missing.minor > 0:
            self.lines = [*self.lines, LineDraft.of(app, method, self.missing)]
        elif self.lines:
            self.lines = [*self.lines[:-1], LineDraft.of(app, method, self.lines[-1].amount)]

    def remove_line(self, index: int) -> None:
        self.lines = [each for position, each in enumerate(self.lines) if position != index]

    def draft(self, app: Window) -> ReceiptDraft:
        return self._draft(app, tuple(each.payment() for each in self.lines))

    def _draft(self, app: Window, payments: tuple[PaymentLine, ...]) -> ReceiptDraft:
        visit = app.phone.portfolio.open_visit()
        return ReceiptDraft(
            customer=self.customer,
            currency=self.currency,
            visit=visit["_id"] if visit and visit["customer"] == self.customer else None,
            payments=payments,
            chosen=tuple(self.chosen) if self.mode == CHOOSE else None,
        )
