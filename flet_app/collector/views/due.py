"""When an invoice falls due, in words and tone."""

from __future__ import annotations

from datetime import date

from flet_app.collector.state import Window
from flet_app.components.status import Tone
from receivables.invoices import OpenItem, days_from_due

DUE_SOON_DAYS = 5


def due_words(app: Window, item: OpenItem, on: date) -> tuple[str, Tone]:
    days = days_from_due(item.first_due_on, on)
    due = app.texts.day(item.first_due_on)
    if days > 0:
        return app.texts.n(
            "due {due} · {count} day late", "due {due} · {count} days late", days, due=due
        ), Tone.LATE
    if days >= -DUE_SOON_DAYS:
        return app.texts.t("due {due}", due=due), Tone.WAITING
    return app.texts.t("due {due}", due=due), Tone.PLAIN
