"""A customer: what is owed, how to reach them, their papers, and the visit that begins here."""

from __future__ import annotations

import asyncio
import re
from datetime import date
from typing import Any

import flet as ft

from flet_app.collector import figures
from flet_app.collector.actions.visits import start_visit
from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.records import history_row, withholding_status
from flet_app.collector.views.today import money
from flet_app.components.figures import amount, caption, line
from flet_app.components.handlers import use_kept
from flet_app.components.inputs import bottom_bar, primary, secondary, segments
from flet_app.components.status import Tone, status_line, tone_color
from flet_app.components.surfaces import card, empty, notice, stacked
from flet_app.components.tagging import tag
from flet_app.theme import TOUCH_TARGET
from receivables.invoices import OpenItem, days_from_due
from receivables.messages import sentence
from receivables.visits import is_within_geofence

POSITION_SECONDS = 8.0  # a cold GPS takes longer; a customer at the counter doesn't wait for it
DUE_SOON_DAYS = 5


@ft.component
def Customer() -> ft.View:
    app = use_app()
    t = app.texts.t
    code = ft.use_route_params().get("code", "")
    shown, set_shown = ft.use_state("invoices")
    locating, set_locating = ft.use_state(False)
    skip = use_kept(asyncio.Event)
    portfolio = app.phone.portfolio
    document = portfolio.customers.get(code)
    route = ft.use_view_path()

    async def start(_event: Any) -> None:
        set_locating(True)
        skip.clear()
        place = await place_or_none(app, skip)
        result = await start_visit(app.phone, code, place=place)
        set_locating(False)
        if isinstance(result, list):
            app.say(sentence(result[0], locale=app.texts.locale))

    def without_place(_event: Any) -> None:
        skip.set()

    if document is None:
        return screen(
            app, route=route, title=code,
            body=scroll([empty(ft.Icons.PEOPLE_OUTLINE, t("This customer is no longer on this phone."))]),
        )  # fmt: skip
    visit = portfolio.open_visit()
    here = visit is not None and visit["customer"] == code
    tabs = segments(
        [
            ("tab-invoices", "invoices", t("Invoices")),
            ("tab-withholdings", "withholdings", t("Withholdings")),
            ("tab-activity", "activity", t("Activity")),
        ],
        selected=shown,
        on_select=set_shown,
    )
    rows: list[ft.Control] = [balances(app, code), contact(app, document)]
    rows += visit_notices(app, visit if here else None)
    rows.append(tabs)
    rows.append({"invoices": invoices, "withholdings": withholdings, "activity": activity}[shown](app, code))
    if document.get("observations"):
        rows.insert(
            2, notice(str(document["observations"]), app.palette, tone=Tone.PLAIN, icon=ft.Icons.NOTES)
        )
    subtitle = " · ".join(str(part) for part in (code, document.get("tax_id")) if part)
    return screen(
        app,
        route=route,
        title=str(document["name"]),
        subtitle=subtitle,
        body=scroll(rows),
        bottom=actions(app, code, visit, locating=locating, start=start, without_place=without_place),
        banner=not here,
    )


async def place_or_none(app: Window, skip: asyncio.Event) -> Json | None:
    """The phone's position, or None when it takes too long, isn't allowed, or the collector doesn't wait."""
    position = asyncio.ensure_future(app.position())
    waiting = asyncio.ensure_future(skip.wait())
    await asyncio.wait({position, waiting}, timeout=POSITION_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not position.done():
        position.cancel()
        return None
    place: Json | None = position.result()
    return place


def actions(
    app: Window, code: str, visit: Json | None, *, locating: bool, start: Any, without_place: Any
) -> ft.Control:
    t = app.texts.t
    if locating:
        return bottom_bar(
            primary("start-visit", t("Finding your position…"), None, busy=True, expand=True),
            secondary("start-without-position", t("Go on without"), without_place),
        )
    if visit is None:
        return bottom_bar(primary("start-visit", t("Start visit"), start, icon=ft.Icons.HOW_TO_REG))
    if visit["customer"] == code:
        return bottom_bar(
            primary(
                "new-receipt", t("Record payment"), lambda _event: app.open(f"cliente/{code}/cobro"),
                icon=ft.Icons.PAYMENTS_OUTLINED, expand=3,
            ),
            secondary(
                "finish-visit", t("Finish"), lambda _event: app.open(f"cliente/{code}/finalizar"), expand=2
            ),
        )  # fmt: skip
    name = app.phone.portfolio.customer_name(visit["customer"])
    return bottom_bar(
        primary(
            "return-to-visit", t("Return to the open visit"),
            lambda _event: app.open(f"cliente/{visit['customer']}"),
        ),
        note=caption(t("You have a visit open at {name}. Finish it before starting another.", name=name)),
    )  # fmt: skip


def visit_notices(app: Window, visit: Json | None) -> list[ft.Control]:
    """What the collector should know about the place of the open visit."""
    t = app.texts.t
    if visit is None:
        return []
    if visit.get("place") is None:
        return [
            notice(
                t("The visit was recorded without a position. You can go on."), app.palette,
                icon=ft.Icons.GPS_OFF, identifier="visit-without-position",
            )
        ]  # fmt: skip
    distance, accuracy = visit.get("distance_m"), float(visit["place"].get("accuracy") or 0)
    if distance is not None and not is_within_geofence(distance, accuracy):
        far = app.texts.number(distance)
        return [
            notice(
                t("You are {metres} m from the customer's point. The visit is recorded anyway.", metres=far),
                app.palette, icon=ft.Icons.PLACE_OUTLINED, identifier="visit-far-away",
            )
        ]  # fmt: skip
    return []


def balances(app: Window, code: str) -> ft.Control:
    t, texts = app.texts.t, app.texts
    sums = figures.totals(app.phone.portfolio, code, on=app.phone.today())
    late = tone_color(Tone.LATE, app.palette)
    rows: list[ft.Control] = []
    if sums.overdue:
        head = ft.Row(
            [
                ft.Column(
                    [
                        ft.Text(t("Overdue"), size=15, weight=ft.FontWeight.W_600, color=late),
                        caption(
                            texts.n("{count} day late", "{count} days late", sums.oldest_days_past_due),
                            color=late,
                        ),
                    ],
                    spacing=0, tight=True, expand=True,
                ),
                amount(money(app, sums.overdue), size=28, weight=ft.FontWeight.W_700, color=late),
            ]
        )  # fmt: skip
        rows.append(ft.Semantics(identifier="customer-overdue", content=head))
    else:
        settled = tone_color(Tone.SETTLED, app.palette)
        rows.append(
            ft.Row(
                [
                    ft.Icon(ft.Icons.CHECK_CIRCLE_OUTLINE, size=20, color=settled),
                    ft.Text(t("Nothing overdue"), size=15, color=settled, weight=ft.FontWeight.W_600),
                ]
            )
        )
    rows.append(
        ft.Semantics(identifier="customer-balance", content=line(t("To collect"), money(app, sums.balance)))
    )
    if sums.credit_available is not None and sums.credit_limit is not None:
        used = t("{percent} % used", percent=sums.credit_percent) if sums.credit_percent is not None else None
        over = sums.credit_available.minor < 0
        rows.append(
            line(
                t("Credit available"),
                money(app, sums.credit_available),
                note=used,
                color=late if over else None,
            )
        )
    return card(ft.Column(rows, spacing=10, tight=True))


def contact(app: Window, document: Json) -> ft.Control:
    """Call, WhatsApp, go: opened by the phone itself, inside the tap."""
    t = app.texts.t
    phones = [re.sub(r"[^\d+]", "", str(phone)) for phone in document.get("phones") or ()]
    location = document.get("location")
    ways: list[tuple[str, str, ft.IconData, str | None]] = [
        ("contact-call", t("Call"), ft.Icons.CALL, f"tel:{phones[0]}" if phones else None),
        (
            "contact-whatsapp", t("WhatsApp"), ft.Icons.CHAT,
            f"https://wa.me/{phones[0].lstrip('+')}" if phones else None,
        ),
        (
            "contact-navigate", t("Go"), ft.Icons.NAVIGATION_OUTLINED,
            f"https://www.google.com/maps/dir/?api=1&destination={location['lat']},{location['lon']}"
            if location else None,
        ),
    ]  # fmt: skip
    buttons: list[ft.Control] = [
        tag(
            identifier,
            ft.FilledTonalButton(
                ft.Row(
                    [ft.Icon(icon, size=18), ft.Text(label, size=13, no_wrap=True)],
                    spacing=5, tight=True, alignment=ft.MainAxisAlignment.CENTER,
                ),
                disabled=url is None,
                height=TOUCH_TARGET,
                style=ft.ButtonStyle(padding=ft.Padding.symmetric(horizontal=4)),
                action=ft.OpenUrl(url, target=ft.UrlTarget.BLANK) if url else None,
            ),
            expand=True,
        )
        for identifier, label, icon, url in ways
    ]  # fmt: skip
    rows: list[ft.Control] = [ft.Row(buttons, spacing=8)]
    address = ", ".join(str(part) for part in (document.get("address"), document.get("city")) if part)
    if address:
        rows.append(
            ft.Row(
                [
                    ft.Icon(ft.Icons.PLACE_OUTLINED, size=16, color=ft.Colors.ON_SURFACE_VARIANT),
                    caption(address, expand=True),
                ],
                spacing=6,
            )
        )
    return ft.Column(rows, spacing=8, tight=True)


def due_words(app: Window, item: OpenItem, on: date) -> tuple[str, Tone]:
    days = days_from_due(item.due_on, on)
    due = app.texts.day(item.due_on)
    if days > 0:
        return app.texts.n(
            "due {due} · {count} day late", "due {due} · {count} days late", days, due=due
        ), Tone.LATE
    if days >= -DUE_SOON_DAYS:
        return app.texts.t("due {due}", due=due), Tone.WAITING
    return app.texts.t("due {due}", due=due), Tone.PLAIN


def invoices(app: Window, code: str) -> ft.Control:
    items = figures.open_items(app.phone.portfolio, code)
    if not items:
        return empty(ft.Icons.RECEIPT_LONG_OUTLINED, app.texts.t("There are no open invoices."))
    on = app.phone.today()
    rows = []
    for item in items:
        words, tone = due_words(app, item, on)
        rows.append(
            tag(
                f"invoice-{item.invoice}",
                ft.Container(
                    ft.Row(
                        [
                            ft.Column(
                                [
                                    ft.Text(item.invoice, size=15, no_wrap=True),
                                    ft.Text(words, size=13, color=tone_color(tone, app.palette)),
                                ],
                                spacing=2, tight=True, expand=True,
                            ),
                            amount(money(app, item.open)),
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


def activity(app: Window, code: str) -> ft.Control:
    items = figures.history_of(app.phone.portfolio, code)
    if not items:
        return empty(ft.Icons.HISTORY, app.texts.t("Nothing has been done here yet."))
    return stacked([history_row(app, item) for item in items[:40]])
