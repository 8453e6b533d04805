"""The means of payment of a receipt: one card per line, with the fields that make it traceable."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import flet as ft

from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window
from flet_app.collector.views.records import METHOD_ICONS, method_name
from flet_app.components.handlers import calling
from flet_app.components.inputs import Typed, amount_field, choice, choices, field, icon_action
from flet_app.components.status import Tone, tone_color
from flet_app.components.surfaces import card
from flet_app.components.tagging import tag
from flet_app.theme import FIELD_RADIUS, TOUCH_TARGET
from receivables.messages import sentence
from receivables.money import Money
from receivables.payments import MEANS, Method, PaymentLine
from receivables.validation import Problem

CARD_MARGINS = 2 * (16 + 14)  # dp; a drop-down doesn't stretch by itself
DATES = frozenset({"cheque_on", "transferred_on"})
TAXES = (("iva", "VAT"), ("renta", "Income tax"))
LABELS = {
    "bank": "Bank", "account": "Account", "number": "Number", "drawer": "Drawer", "reference": "Reference",
    "brand": "Card brand", "last4": "Last 4 digits", "authorisation": "Authorisation",
    "cheque_on": "Date of the cheque", "transferred_on": "Date of the transfer", "tax": "Tax",
}  # fmt: skip


@dataclasses.dataclass(slots=True, eq=False)
class LineDraft:
    """One line as it is being written."""

    key: str
    method: str
    amount: Money
    amount_text: Typed
    texts: dict[str, Typed]
    values: dict[str, str]

    @classmethod
    def of(cls, app: Window, method: str, amount: Money) -> LineDraft:
        names = MEANS[Method(method)].required
        values = {name: app.phone.today().isoformat() for name in names if name in DATES}
        if "tax" in names:
            values["tax"] = TAXES[0][0]
        return cls(
            key=app.phone.world.ulid(),
            method=method,
            amount=amount,
            amount_text=Typed(app.texts.amount_text(amount.minor, amount.currency)),
            texts={name: Typed("") for name in names if name not in DATES and name not in {"bank", "tax"}},
            values=values,
        )

    @classmethod
    def of_payment(cls, app: Window, payment: PaymentLine) -> LineDraft:
        """A line that somebody else filled in; what has no field of its own is kept beside."""
        line = cls.of(app, payment.method, payment.amount)
        for name, value in payment.details.items():
            if name in line.texts:
                line.texts[name].set(str(value))
            else:
                line.values[name] = str(value)
        return line

    def to_json(self) -> Json:
        return {
            "key": self.key,
            "method": self.method,
            "amount": self.amount.minor,
            "texts": {name: typed.value for name, typed in self.texts.items()},
            "values": self.values,
        }

    @classmethod
    def from_json(cls, app: Window, kept: Json, currency: str) -> LineDraft:
        """A line of a draft; raise KeyError, TypeError or ValueError where it is none."""
        line = cls.of(app, kept["method"], Money(kept["amount"], currency))
        line.key = str(kept.get("key") or line.key)
        line.values |= {name: str(value) for name, value in kept["values"].items()}
        for name, typed in line.texts.items():
            typed.set(str(kept["texts"].get(name) or ""))
        return line

    def show_again(self) -> None:
        for text in (self.amount_text, *self.texts.values()):
            text.show()

    def payment(self) -> PaymentLine:
        typed = {name: text.value.strip() for name, text in self.texts.items()}
        return PaymentLine(self.method, self.amount, {**self.values, **typed})


def method_chips(app: Window, *, selected: str | None, on_select: Callable[[str], None]) -> ft.Control:
    return choices([
        choice(
            f"receipt-method-{method.value}", method_name(app, method), selected=selected == method,
            icon=METHOD_ICONS[method], on_select=calling(on_select, method.value), upright=True,
        )
        for method in Method
    ], columns=3)  # fmt: skip


def payment_line_card(
    app: Window,
    draft: LineDraft,
    index: int,
    problems: Sequence[Problem],
    *,
    again: Callable[[], None],
    on_remove: Callable[[Any], None] | None,
    more: Sequence[ft.Control] = (),
) -> ft.Control:
    """`more` stands below the fields of the method."""
    t, prefix = app.texts.t, f"receipt-line-{index}"

    def error(name: str) -> str | None:
        found = next((p for p in problems if p.field == f"payments.{index}.{name}"), None)
        return sentence(found, locale=app.texts.locale) if found else None

    def put(name: str, value: str) -> None:
        draft.values[name] = value
        again()

    def amount_changed(text: str) -> None:
        minor = app.texts.parse_amount(text, draft.amount.currency)
        draft.amount = Money(minor or 0, draft.amount.currency)
        again()

    head: list[ft.Control] = [
        ft.Icon(METHOD_ICONS[Method(draft.method)], size=20, color=ft.Colors.PRIMARY),
        ft.Text(method_name(app, draft.method), size=16, weight=ft.FontWeight.W_600, expand=True),
    ]
    if on_remove:
        head.append(icon_action(f"{prefix}-remove", ft.Icons.DELETE_OUTLINE, t("Remove"), on_remove))
    rows: list[ft.Control] = [
        ft.Row(head, spacing=8, height=TOUCH_TARGET),
        amount_field(
            f"{prefix}-amount", t("Amount"), draft.amount_text, on_change=amount_changed,
            symbol=app.texts.symbol(draft.amount.currency), error=error("amount"),
        ),
    ]  # fmt: skip
    for name in MEANS[Method(draft.method)].required:
        if name in DATES:
            rows.append(date_row(app, f"{prefix}-{name}", draft, name, error=error(name), again=again))
        elif name == "bank":
            rows.append(bank_field(app, f"{prefix}-bank", draft, error(name), again))
        elif name == "tax":
            rows.append(choices([
                choice(
                    f"{prefix}-tax-{code}", t(label), selected=draft.values["tax"] == code,
                    on_select=calling(put, "tax", code),
                )
                for code, label in TAXES
            ]))  # fmt: skip
        else:
            digits = name in {"last4"}
            rows.append(
                field(
                    f"{prefix}-{name}", t(LABELS[name]), draft.texts[name], error=error(name),
                    keyboard_type=ft.KeyboardType.NUMBER if digits else ft.KeyboardType.TEXT, dense=True,
                )
            )  # fmt: skip
    rows += more
    rows += [
        ft.Text(sentence(problem, locale=app.texts.locale), size=13, color=tone_color(Tone.LATE, app.palette))
        for problem in problems
        if problem.field == f"payments.{index}"
    ]
    fields = ft.Column(rows, spacing=12, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
    # Another line in the same place is another set of fields, not the old one with other names.
    box = card(fields, padding=14)
    box.key = draft.key
    return box


def bank_field(
    app: Window, identifier: str, draft: LineDraft, error: str | None, again: Callable[[], None]
) -> ft.Control:
    banks = [app.texts.label(item["label"]) for item in app.phone.portfolio.catalogues.get("banks", [])]

    def chosen(event: Any) -> None:
        draft.values["bank"] = event.control.value or ""
        again()

    return tag(
        identifier,
        ft.Dropdown(
            label=app.texts.t("Bank"),
            value=draft.values.get("bank"),
            options=[ft.DropdownOption(key=name, text=name) for name in banks],
            on_select=chosen,
            error_text=error,
            width=app.content_width - CARD_MARGINS,
            border=ft.OutlineInputBorder(border_radius=FIELD_RADIUS),
            menu_height=320,
        ),
    )


def date_row(
    app: Window, identifier: str, draft: LineDraft, name: str, *, error: str | None, again: Callable[[], None]
) -> ft.Control:
    shown = date.fromisoformat(draft.values[name])

    def chosen(day: date) -> None:
        draft.values[name] = day.isoformat()
        again()

    def pick(_event: Any) -> None:
        pick_date(app, shown, chosen)

    rows: list[ft.Control] = [
        tag(
            identifier,
            ft.OutlinedButton(
                ft.Row(
                    [
                        ft.Text(app.texts.t(LABELS[name]), size=14, expand=True),
                        ft.Text(app.texts.day(shown), size=15, weight=ft.FontWeight.W_600),
                    ]
                ),
                icon=ft.Icons.EVENT,
                on_click=pick,
                height=TOUCH_TARGET,
                style=ft.ButtonStyle(shape=ft.RoundedRectangleBorder(radius=FIELD_RADIUS)),
            ),
        )
    ]
    if error:
        rows.append(ft.Text(error, size=12, color=tone_color(Tone.LATE, app.palette)))
    return ft.Column(rows, spacing=4, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def pick_date(
    app: Window,
    value: date,
    on_pick: Callable[[date], Any],
    *,
    first: date | None = None,
    last: date | None = None,
    days: int = 365,
) -> None:
    """Ask for a date from `first` to `last`, each `days` from today where it is not given.

    A `value` beyond them widens them: Flutter opens no calendar on a day that it does not have.
    """
    zone = app.phone.zone

    def noon(day: date) -> datetime:
        return datetime.combine(day, time(12), tzinfo=zone)

    def changed(event: Any) -> None:
        if event.control.value:
            on_pick(event.control.value.astimezone(zone).date())

    today = app.phone.today()
    app.page.show_dialog(
        ft.DatePicker(
            value=noon(value),
            first_date=noon(min(value, first or today - timedelta(days=days))),
            last_date=noon(max(value, last or today + timedelta(days=days))),
            current_date=noon(today),
            on_change=changed,
            help_text=app.texts.t("Choose a date"),
            confirm_text=app.texts.t("Accept"),
            cancel_text=app.texts.t("Cancel"),
        )
    )
