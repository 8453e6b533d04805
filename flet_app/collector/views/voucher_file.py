"""The withholding's XML in a receipt: picked from a file, and what is to be thought of it, on the spot."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import flet as ft

from flet_app.collector.actions.withholdings import check_lines, voucher_lines
from flet_app.collector.state import Window
from flet_app.collector.views.receipt_form import ReceiptForm
from flet_app.components.inputs import secondary
from flet_app.components.status import Tone
from flet_app.components.surfaces import notice
from paperwork.safe_xml import MAX_BYTES
from receivables.documents import BadDocument
from receivables.messages import sentence
from receivables.payments import Method
from receivables.validation import Problem


def voucher_part(app: Window, form: ReceiptForm, *, again: Callable[[], None]) -> list[ft.Control]:
    """Nothing where nobody pays by withholding; else the button, and a word on each withholding."""
    if all(each.method != Method.WITHHOLDING for each in form.lines):
        return []

    async def pick(_event: Any) -> None:
        files = await ft.FilePicker().pick_files(
            file_type=ft.FilePickerFileType.CUSTOM, allowed_extensions=["xml"], with_data=True
        )
        if not files:
            return
        found = await asyncio.to_thread(read_file, files[0], form.currency)
        if isinstance(found, Problem):
            app.say(sentence(found, locale=app.texts.locale))
            return
        form.take_voucher(app, found)
        again()

    button = secondary(
        "voucher-pick", app.texts.t("Pick the withholding's XML"), pick, icon=ft.Icons.ATTACH_FILE
    )
    return [button, *opinions(app, form)]


def read_file(file: ft.FilePickerFile, currency: str) -> Any:
    """The voucher's lines, or the problem; a file beyond the bound is not even looked at."""
    content = file.bytes or b""
    if file.size > MAX_BYTES or len(content) > MAX_BYTES:
        return Problem("sri_file_too_large", "", {"max_kb": MAX_BYTES // 1024})
    return voucher_lines(content, currency)


def opinions(app: Window, form: ReceiptForm) -> list[ft.Control]:
    """For each withholding: in order, or pending with every reason."""
    t = app.texts.t
    try:
        payments = [each.payment() for each in form.lines]
        checks = check_lines(app.phone, form.customer, payments, form.currency)
    except BadDocument:
        return []
    rows: list[ft.Control] = []
    for check in checks:
        words = [sentence(reason, locale=app.texts.locale) for reason in check.reasons]
        tone, icon = (Tone.WAITING, ft.Icons.HOURGLASS_TOP) if words else (Tone.SETTLED, ft.Icons.VERIFIED)
        text = t("The office has to validate this withholding.") if words else t("The voucher is in order.")
        rows.append(
            notice(
                " ".join([text, *words]), app.palette, tone=tone, icon=icon,
                identifier=f"voucher-{check.position}-{check.state}",
            )
        )  # fmt: skip
    return rows
