"""A customer's papers: open invoices and withholdings."""

from __future__ import annotations

import flet as ft

from flet_app.collector import figures
from flet_app.collector.actions import letters
from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window
from flet_app.collector.views.due import due_words
from flet_app.collector.views.handing_over import letter_button
from flet_app.collector.views.records import withholding_status
from flet_app.collector.views.today import money
from flet_app.components.figures import amount, caption
from flet_app.components.status import Status, Tone, status_line, tone_color
from flet_app.components.surfaces import empty, stacked
from flet_app.components.tagging import tag
from receivables.claims import disputed_amounts


def invoices(app: Window, code: str) -> ft.Control:
    items = figures.open_items(app.phone.portfolio, code)
    if not items:
        return empty(ft.Icons.RECEIPT_LONG_OUTLINED, app.texts.t("There are no open invoices."))
    on = app.phone.today()
    disputed = disputed_amounts(app.phone.portfolio.disputes.values(), items)
    rows = []
    for item in items:
        words, tone = due_words(app, item, on)
        total = app.phone.portfolio.invoices[item.invoice]["total"]
        details = [app.texts.t("issued {day}", day=app.texts.day(item.issued_on))]
        if total != item.open.minor:
            details.append(app.texts.t("of {amount}", amount=app.texts.money(total, item.open.currency)))
        lines: list[ft.Control] = [
            ft.Text(item.invoice, size=15, weight=ft.FontWeight.W_500),
            ft.Text(words, size=13, color=tone_color(tone, app.palette)),
            caption(" · ".join(details)),
        ]
        if item.invoice in disputed:
            dispute = app.texts.t("In dispute: {amount}", amount=money(app, disputed[item.invoice]))
            lines.append(
                status_line(Status(tone=Tone.WAITING, icon=ft.Icons.GAVEL, text=dispute), app.palette)
            )
        ride = ride_button(app, f"ride-{item.invoice}", app.phone.portfolio.invoices[item.invoice])
        rows.append(
            tag(
                f"invoice-{item.invoice}",
                ft.Container(
                    ft.Row(
                        [
                            ft.Column(lines, spacing=1, tight=True, expand=True),
                            ft.Column(
                                [amount(money(app, item.open)), *ride], spacing=0, tight=True,
                                horizontal_alignment=ft.CrossAxisAlignment.END,
                            ),
                        ],
                        spacing=10,
                    ),
                    padding=ft.Padding.symmetric(horizontal=14, vertical=11),
                ),
            )
        )  # fmt: skip
    return stacked(rows)


def withholdings(app: Window, code: str) -> ft.Control:
    found = [doc for doc in app.phone.portfolio.withholdings.values() if doc["customer"] == code]
    if not found:
        return empty(ft.Icons.SUMMARIZE_OUTLINED, app.texts.t("There are no withholdings."))
    rows: list[ft.Control] = [
        ft.Container(
            ft.Row(
                [
                    ft.Column(
                        [
                            ft.Text(str(doc["_id"]).partition(":")[2], size=15),
                            caption(app.texts.t("Invoice {number}", number=doc.get("invoice") or "—")),
                            status_line(withholding_status(app, doc), app.palette),
                            *ride_button(app, f"ride-{str(doc['_id']).partition(':')[2]}", doc),
                        ],
                        spacing=2, tight=True, expand=True,
                    ),
                    amount(app.texts.money(int(doc["amount"]), doc["currency"])),
                ],
                spacing=10,
            ),
            padding=ft.Padding.symmetric(horizontal=14, vertical=11),
        )
        for doc in sorted(found, key=lambda doc: str(doc.get("issued_on")), reverse=True)
    ]  # fmt: skip
    return stacked(rows)


def ride_button(app: Window, identifier: str, document: Json) -> list[ft.Control]:
    """Where the ERP gave the authorised XML, its RIDE is one tap away."""
    if not letters.has_ride(document):
        return []
    return [
        letter_button(
            app,
            identifier,
            app.texts.t("See RIDE"),
            document["_id"],
            above=f"cliente/{document['customer']}",
            flush=True,
        )
    ]
