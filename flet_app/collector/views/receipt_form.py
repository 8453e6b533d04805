"""What a collector has entered of a receipt so far, and what the rules say of it; no control and no text."""

from __future__ import annotations

from flet_app.collector import figures
from flet_app.collector.actions.authorship import Album, policy_of
from flet_app.collector.actions.photos import drop_album
from flet_app.collector.actions.receipts import cheque_album, photographed, preview
from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window
from flet_app.collector.views.drafts import Draft
from flet_app.collector.views.payment_lines import LineDraft
from flet_app.components.inputs import Typed
from receivables.allocation import Allocation, AllocationPlan
from receivables.invoices import OpenItem
from receivables.money import Money
from receivables.payments import Method
from receivables.receipts import PaymentLine, ReceiptDraft
from receivables.typed_amounts import amount_flaws, read_amount
from receivables.validation import Problem
from receivables.write_offs import small_differences

OLDEST, CHOOSE = "oldest", "choose"


class ReceiptForm:
    """Lives as long as the screen. What is overdue is proposed, else all that is open; nothing is forced."""

    def __init__(self, app: Window, customer: str) -> None:
        self.customer = customer
        self.currency = figures.currency_of(app.phone.portfolio, customer)
        self.visit = _visit_of(app, customer)
        self.draft_of_form = Draft(app, f"receipt:{customer}")
        self.place: Json | None = None
        self.amount_text = Typed("")
        self.lines: list[LineDraft] = []
        self.begin_anew(app)
        self._recover(app)

    def begin_anew(self, app: Window) -> None:
        """As if nothing had been typed; the form of another receipt."""
        self.id = app.phone.world.ulid()
        self.step = 1
        self.is_recovered = False
        self.mode = OLDEST
        self.chosen: list[str] = []
        self._put_lines(app, [])
        self.write_offs: tuple[Allocation, ...] = ()
        self.amount = proposed(app, self.customer)
        text = app.texts.amount_text(self.amount.minor, self.currency) if self.amount else ""
        self.amount_text.set(text)

    # -- surviving the end of the app ---------------------------------------------------------
    def keep(self) -> None:
        """Keep what stands in the form, for the same visit."""
        self.draft_of_form.keep(
            {
                "id": self.id,
                "visit": self.visit,
                "step": self.step,
                "amount": self.amount.minor,
                "amount_text": self.amount_text.value,
                "mode": self.mode,
                "chosen": self.chosen,
                "lines": [each.to_json() for each in self.lines],
            }
        )

    def _recover(self, app: Window) -> None:
        """Take up the draft of this visit; one that can't be read is left alone."""
        kept = self.draft_of_form.read()
        if not kept:
            return
        if kept.get("visit") != self.visit:
            leave_photos(app, [str(each.get("key")) for each in kept.get("lines") or ()])
            return
        try:
            lines = [LineDraft.from_json(app, each, self.currency) for each in kept["lines"]]
            self.amount = Money(kept["amount"], self.currency)
            self.amount_text.set(str(kept["amount_text"]))
            self.id, self.mode, self.chosen = str(kept["id"]), str(kept["mode"]), list(kept["chosen"])
            self.lines, self.step = lines, int(kept["step"])
        except (KeyError, TypeError, ValueError):
            return
        self.is_recovered = True

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
        """Take an invoice in or out; the amount becomes the sum of those chosen, in its own currency."""
        others = [each for each in self.chosen if each != number]
        self.chosen = others if number in self.chosen else [*others, number]
        chosen = (item.open for item in items if item.invoice in self.chosen)
        picked = (open_ for open_ in chosen if open_.currency == self.currency)
        self.amount = sum(picked, Money.zero(self.currency))
        self.amount_text.set(app.texts.amount_text(self.amount.minor, self.currency))

    def plan(self, app: Window) -> AllocationPlan | list[Problem]:
        """How the amount would be applied, whatever it is paid with."""
        return preview(app.phone, self._draft(app, (PaymentLine("cash", self.amount),)), by_any_means=True)

    def amount_problems(self, app: Window) -> list[Problem]:
        read = read_amount(self.amount_text.value, self.currency)
        if isinstance(read, Problem):
            return [read]
        plan = self.plan(app)
        return plan if isinstance(plan, list) else []

    def show_again(self) -> None:
        """The step that is about to appear is drawn anew: its fields need their texts."""
        self.amount_text.show()
        for each in self.lines:
            each.show_again()

    # -- by which means -----------------------------------------------------------------------
    def begin_lines(self, app: Window) -> None:
        """All of it in cash, until the collector says otherwise."""
        if self.missing:
            self._put_lines(app, [LineDraft.of(app, "cash", self.amount)])

    def use_method(self, app: Window, method: str) -> None:
        """Pay what is missing by `method`; with nothing missing, pay the last line by it."""
        if self.missing.minor > 0:
            self._put_lines(app, [*self.lines, LineDraft.of(app, method, self.missing)])
        elif self.lines:
            self._put_lines(app, [*self.lines[:-1], LineDraft.of(app, method, self.lines[-1].amount)])

    def remove_line(self, app: Window, index: int) -> None:
        self._put_lines(app, [each for position, each in enumerate(self.lines) if position != index])

    def _put_lines(self, app: Window, lines: list[LineDraft]) -> None:
        """The photos of cheques that are no longer there are thrown away."""
        kept = {each.key for each in lines}
        leave_photos(app, [each.key for each in self.lines if each.key not in kept])
        self.lines = lines

    @property
    def albums(self) -> list[Album]:
        """Where the photos of the cheques wait."""
        return [cheque_album(each.key) for each in self.lines if each.method == Method.CHEQUE]

    def take_voucher(self, app: Window, payments: list[PaymentLine]) -> None:
        """Put a voucher's lines in the place of withholdings without XML, and of the same voucher's."""
        keys = {payment.details["access_key"] for payment in payments}
        standing = [
            each
            for each in self.lines
            if each.method != Method.WITHHOLDING
            or each.values.get("access_key", next(iter(keys))) not in keys
        ]
        self._put_lines(app, [*standing, *(LineDraft.of_payment(app, payment) for payment in payments)])

    def cash_after(self, app: Window) -> Money | None:
        """What the collector would hold with this receipt; None where it brings no cash that is counted."""
        held = figures.cash_in_hand(app.phone.portfolio).expected
        cash = [each.amount for each in self.lines if each.method == Method.CASH]
        if held.currency != self.currency or not any(cash):
            return None
        return sum(cash, held)

    # -- what little remains --------------------------------------------------------------------
    def review(self, app: Window) -> AllocationPlan | list[Problem]:
        """How the receipt stands before it is confirmed. A difference is given up only in this look at it."""
        self.write_offs = ()
        flaws = [
            flaw
            for index, each in enumerate(self.lines)
            for flaw in amount_flaws(each.amount_text.value, self.currency, f"payments.{index}.amount")
        ]
        return flaws or preview(app.phone, self.draft(app))

    def differences(self, app: Window, plan: AllocationPlan) -> list[Allocation]:
        """What would remain of the invoices that `plan` pays and may be written off."""
        return small_differences(
            figures.open_items(app.phone.portfolio, self.customer),
            plan.allocations,
            tolerance=policy_of(app.phone.portfolio).tolerance_in(self.currency),
        )

    def toggle_write_off(self, difference: Allocation) -> None:
        """Give the difference up, or take that back."""
        others = tuple(each for each in self.write_offs if each.invoice != difference.invoice)
        self.write_offs = others if difference in self.write_offs else (*others, difference)

    def draft(self, app: Window) -> ReceiptDraft:
        payments = tuple(photographed(app.phone, each.payment(), each.key) for each in self.lines)
        return self._draft(app, payments, self.write_offs)

    def _draft(
        self, app: Window, payments: tuple[PaymentLine, ...], write_offs: tuple[Allocation, ...] = ()
    ) -> ReceiptDraft:
        return ReceiptDraft(
            customer=self.customer,
            currency=self.currency,
            visit=_visit_of(app, self.customer),
            payments=payments,
            chosen=tuple(self.chosen) if self.mode == CHOOSE else None,
            write_offs=write_offs,
        )


def leave_photos(app: Window, lines: list[str]) -> None:
    """Throw away the photos of the cheques that stood in the lines of these keys."""
    for key in lines:
        album = cheque_album(key)
        if app.store.taken.of(album.name):
            app.page.run_task(drop_album, app.phone, album)


def proposed(app: Window, customer: str) -> Money:
    """What is overdue, else all that is open; what is disputed is not asked for."""
    portfolio, on = app.phone.portfolio, app.phone.today()
    items = [item for item in figures.open_items(portfolio, customer) if not item.disputed]
    currency = figures.currency_of(portfolio, customer)
    own = [item for item in items if item.open.currency == currency]
    late = [item for item in own if item.due_on < on]
    return sum((item.open for item in late or own), Money.zero(currency))


def _visit_of(app: Window, customer: str) -> str | None:
    visit = app.phone.portfolio.open_visit()
    return str(visit["_id"]) if visit and visit["customer"] == customer else None
