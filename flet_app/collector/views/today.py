"""What the day is made of: the next stop, the stops of the route, and a phone before its first customers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flet as ft

from flet_app.collector import figures
from flet_app.collector.state import Window
from flet_app.collector.views.chrome import scroll
from flet_app.components.figures import amount, caption
from flet_app.components.handlers import calling
from flet_app.components.status import Tone, tone_color
from flet_app.components.surfaces import card, empty, skeleton
from receivables.money import Money


def first_download(app: Window) -> ft.Control:
    """Before the first customers have arrived."""
    t, status = app.texts.t, app.phone.status
    if status.reason and not status.documents:
        sentence = t(
            "Your customers have not arrived yet and there is no connection. They will come by themselves."
        )
        return scroll(
            [empty(ft.Icons.CLOUD_OFF_OUTLINED, sentence, action=t("Try again"), on_action=look(app))]
        )
    if status.last_success_at and not status.documents:
        sentence = t(
            "The office has not assigned you any customers yet. They will appear here by themselves."
        )
        return scroll([empty(ft.Icons.PEOPLE_OUTLINE, sentence, action=t("Look now"), on_action=look(app))])
    rows: list[ft.Control] = [
        ft.Text(t("Your customers are arriving…"), size=18, weight=ft.FontWeight.W_600),
        caption(app.texts.n("{count} record so far", "{count} records so far", status.documents)),
        ft.ProgressBar(bar_height=6, border_radius=3),
        skeleton(5),
    ]
    return scroll(rows)


def look(app: Window) -> Callable[[Any], None]:
    return calling(app.phone.nudge)


def money(app: Window, value: Money) -> str:
    return app.texts.money(value.minor, value.currency)


def next_card(app: Window, stop: figures.Stop) -> ft.Control:
    """The next stop is the largest thing to press on the screen."""
    t = app.texts.t
    late = tone_color(Tone.LATE, app.palette)
    customer = app.phone.portfolio.customers.get(stop.customer) or {}
    words: list[ft.Control] = [
        ft.Text(
            stop.name, size=18, weight=ft.FontWeight.W_600, max_lines=2, overflow=ft.TextOverflow.ELLIPSIS
        ),
        caption(str(customer.get("address") or customer.get("city") or "")),
        ft.Row(
            [
                ft.Text(overdue_words(app, stop), size=14, expand=True, color=late if stop.overdue else None),
                amount(money(app, stop.overdue), size=20, color=late) if stop.overdue else ft.Container(),
            ]
        ),
    ]
    return ft.Semantics(
        identifier=f"next-{stop.customer}",
        label=t("Next: {name}", name=stop.name),
        button=True,
        content=card(
            ft.Row(
                [position(stop.position), ft.Column(words, spacing=4, tight=True, expand=True)],
                spacing=14,
                vertical_alignment=ft.CrossAxisAlignment.START,
            ),
            color=ft.Colors.SECONDARY_CONTAINER,
            on_click=lambda _event: app.open(f"cliente/{stop.customer}"),
        ),
    )


def position(number: int, *, color: str = ft.Colors.PRIMARY, ink: str = ft.Colors.ON_PRIMARY) -> ft.Control:
    return ft.Container(
        ft.Text(str(number), size=14, weight=ft.FontWeight.W_700, color=ink),
        width=30, height=30, border_radius=15, bgcolor=color, alignment=ft.Alignment.CENTER,
    )  # fmt: skip


def overdue_words(app: Window, stop: figures.Stop) -> str:
    if not stop.overdue:
        return app.texts.t("Nothing overdue")
    return app.texts.n("Overdue · {count} day", "Overdue · {count} days", stop.days_past_due)


def outcome_label(app: Window, code: str | None) -> str:
    for item in app.phone.portfolio.catalogues.get("outcomes", []):
        if item["code"] == code:
            return app.texts.label(item["label"])
    return code or ""
