"""The receipts of the day with the ERP's answer to each, and totals by method that add up to the cent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import flet as ft

from flet_app.components.figures import amount, caption
from flet_app.components.handlers import calling
from flet_app.components.inputs import icon_action
from flet_app.components.status import status_line
from flet_app.components.surfaces import empty, skeleton
from flet_app.components.tagging import tag
from flet_app.supervisor.api import ApiProblem
from flet_app.supervisor.session import Session, use_session
from flet_app.supervisor.state import Json
from flet_app.supervisor.views.filters import CollectorFilter
from flet_app.supervisor.words import METHODS, receipt_status
from flet_app.theme import EDGE, GAP, Palette, is_dark, palette


@ft.component
def Receipts() -> ft.Control:
    session = use_session()
    state = session.state
    colors = palette(dark=is_dark(ft.context.page))
    if state.loaded_at is None:
        return ft.Container(skeleton(6), padding=EDGE)
    rows: list[ft.Control] = [_row(session, receipt, colors) for receipt in state.receipts]
    body: ft.Control = (
        ft.ListView(rows, expand=True, padding=ft.Padding.only(left=EDGE, right=EDGE, bottom=EDGE), spacing=8)
        if rows
        else empty(ft.Icons.RECEIPT_LONG, session.texts.t("No receipts on this day yet."))
    )
    return ft.Column([_totals(session), body], expand=True, spacing=0)


def _totals(session: Session) -> ft.Control:
    """`10 cobros · $ 3.659,59 · Efectivo 327,56 · Cheques 3.332,03`."""
    state, texts = session.state, session.texts
    total = state.receipts_total
    count = texts.n("{count} receipt", "{count} receipts", total.get("count", 0))
    parts = [f"{count} · {texts.money(total.get('amount', 0), state.currency)}"]
    parts += [
        f"{texts.t(METHODS.get(method, method))} {texts.money(value, state.currency, symbol=False)}"
        for method, value in sorted(total.get("by_method", {}).items(), key=lambda item: -item[1])
    ]
    return ft.Container(
        ft.Row(
            [
                tag("receipts-total", ft.Text(" · ".join(parts), size=16, weight=ft.FontWeight.W_600)),
                CollectorFilter(),
            ],
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
            wrap=True,
        ),
        padding=ft.Padding.symmetric(horizontal=EDGE, vertical=8),
    )


def _row(session: Session, receipt: Json, colors: Palette) -> ft.Control:
    texts = session.texts
    at = texts.clock(datetime.fromisoformat(receipt["created_at"]))
    methods = " + ".join(
        dict.fromkeys(texts.t(METHODS.get(p["method"], p["method"])) for p in receipt["payments"])
    )
    invoices = texts.n("{count} invoice", "{count} invoices", len(receipt["allocations"]))
    details = f"{receipt['number']} · {receipt['collector']} · {at} · {methods} · {invoices}"
    if receipt["on_account"]:
        details += " · " + texts.t(
            "{amount} on account", amount=texts.money(receipt["on_account"], receipt["currency"])
        )

    async def save(_event: Any) -> None:
        await _save_voucher(session, receipt["number"])

    row = ft.Container(
        ft.Row(
            [
                ft.Column(
                    [
                        ft.Text(
                            receipt["customer_name"] or receipt["customer"],
                            size=16,
                            weight=ft.FontWeight.W_600,
                        ),
                        caption(details),
                        tag(
                            f"receipt-state-{receipt['number']}",
                            status_line(receipt_status(texts, receipt), colors),
                        ),
                    ],
                    spacing=3,
                    expand=True,
                    tight=True,
                ),
                amount(texts.money(receipt["total"], receipt["currency"]), size=18),
                icon_action(
                    f"receipt-pdf-{receipt['number']}",
                    ft.Icons.PICTURE_AS_PDF_OUTLINED,
                    texts.t("Save voucher"),
                    save,
                    hint=True,
                ),
            ],
            spacing=GAP,
            vertical_alignment=ft.CrossAxisAlignment.CENTER,
        ),
        padding=ft.Padding.only(left=16, right=8, top=12, bottom=12),
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
        border_radius=16,
        ink=True,
        on_click=calling(ft.context.page.navigate, f"/cobros/{receipt['number']}"),
    )
    opener = tag(f"receipt-open-{receipt['number']}", row)
    opener.key = receipt["id"]
    return opener


async def _save_voucher(session: Session, number: str) -> None:
    page = ft.context.page
    try:
        pdf = await session.api.read_bytes(f"/receipts/{number}/pdf")
    except ApiProblem:
        page.show_dialog(ft.SnackBar(session.texts.t("The voucher could not be read. Try again.")))
        return
    await ft.FilePicker().save_file(file_name=f"{number}.pdf", src_bytes=pdf)
