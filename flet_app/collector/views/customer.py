"""A customer: what is owed, how to reach them, their papers, and the visit that begins here."""

from __future__ import annotations

import asyncio
from typing import Any

import flet as ft

from flet_app.collector.actions import letters
from flet_app.collector.actions.contacts import record_attempt
from flet_app.collector.actions.visits import start_visit
from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.contact_gate import Intention, gate, intend
from flet_app.collector.views.customer_claims import activity
from flet_app.collector.views.customer_contact import answer_asked, contact
from flet_app.collector.views.customer_papers import invoices, withholdings
from flet_app.collector.views.customer_sheet import balances, reference_point
from flet_app.collector.views.handing_over import letter_button
from flet_app.collector.views.route import add_to_route
from flet_app.components.figures import caption
from flet_app.components.handlers import calling, use_kept
from flet_app.components.inputs import bottom_bar, primary, secondary, segments
from flet_app.components.status import Tone
from flet_app.components.surfaces import empty, notice
from receivables.compliance import Channel
from receivables.messages import sentence
from receivables.visits import is_within_geofence

POSITION_SECONDS = 8.0  # a cold GPS takes longer; a customer at the counter doesn't wait for it


@ft.component
def Customer() -> ft.View:
    app = use_app()
    t = app.texts.t
    code = ft.use_route_params().get("code", "")
    shown, set_shown = ft.use_state("invoices")
    locating, set_locating = ft.use_state(False)
    wanted, set_wanted = ft.use_state(no_intention())
    skip = use_kept(asyncio.Event)
    portfolio = app.phone.portfolio
    document = portfolio.customers.get(code)
    route = ft.use_view_path()

    async def start_now(exception: str | None) -> None:
        set_wanted(None)
        set_locating(True)
        skip.clear()
        place = await place_or_none(app, skip)
        result = await start_visit(app.phone, code, place=place, exception=exception)
        set_locating(False)
        if isinstance(result, list):
            app.say(sentence(result[0], locale=app.texts.locale))

    async def start(_event: Any) -> None:
        intention = intend(app, code, Channel.VISIT)
        if intention.decision.findings:
            set_wanted(intention)
        else:
            await start_now(None)

    async def call(channel: Channel, exception: str | None) -> None:
        set_wanted(None)
        await record_attempt(app.phone, code, channel, exception=exception)

    async def go_on(exception: str | None) -> None:
        if wanted is not None and wanted.channel is Channel.VISIT:
            await start_now(exception)
        elif wanted is not None:
            await call(wanted.channel, exception)

    def without_place(_event: Any) -> None:
        skip.set()

    ft.use_dialog(gate(app, code, wanted, on_go=go_on, on_back=calling(set_wanted, None)) if wanted else None)
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
    rows: list[ft.Control] = [
        balances(app, code),
        contact(app, document, ask=set_wanted, call=call),
        *reference_point(app, code),
    ]
    rows += answer_asked(app, code)
    if not here:
        rows += add_to_route(app, code)
    rows += visit_notices(app, visit if here else None)
    rows.append(tabs)
    if shown == "invoices":
        rows.append(statement_button(app, code))
    rows.append({"invoices": invoices, "withholdings": withholdings, "activity": activity}[shown](app, code))
    if document.get("observations"):
        rows.insert(
            1, notice(str(document["observations"]), app.palette, tone=Tone.PLAIN, icon=ft.Icons.NOTES)
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


def no_intention() -> Intention | None:
    """What the screen begins with; typed for `use_state`."""
    return None


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


def statement_button(app: Window, code: str) -> ft.Control:
    return letter_button(
        app, "customer-statement", app.texts.t("Statement of account"),
        lambda: letters.statement(app.phone, code, app.texts.language),
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
