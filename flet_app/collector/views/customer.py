"""A customer: what is owed, how to reach them, their papers, and the visit that begins here."""

from __future__ import annotations

import flet as ft

from flet_app.collector.actions.visits import visit_album
from flet_app.collector.portfolio import Json
from flet_app.collector.reference import reference_of
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.contacting import Contacting, use_contacting
from flet_app.collector.views.customer_claims import activity
from flet_app.collector.views.customer_contact import answer_asked, consent_link, contact
from flet_app.collector.views.customer_papers import invoices, withholdings
from flet_app.collector.views.customer_sheet import balances
from flet_app.collector.views.handing_over import letter_button
from flet_app.collector.views.photo_field import PhotoField
from flet_app.collector.views.reference_point import ReferencePoint
from flet_app.collector.views.route_add import route_buttons
from flet_app.components.figures import caption
from flet_app.components.inputs import bottom_bar, primary, secondary, segments
from flet_app.components.status import Tone
from flet_app.components.surfaces import empty, notice
from receivables.visits import metres_away


@ft.component
def Customer() -> ft.View:
    app = use_app()
    t = app.texts.t
    code = ft.use_route_params().get("code", "")
    shown, set_shown = ft.use_state("invoices")
    portfolio = app.phone.portfolio
    document = portfolio.customers.get(code)
    route = ft.use_view_path()

    contacting = use_contacting(app, code)
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
        contact(app, document, ask=contacting.ask, call=contacting.call),
        *([ReferencePoint(code)] if reference_of(portfolio, code) else []),
    ]
    rows += answer_asked(app, code, contacting.answered)
    links = [consent_link(app, code), *([] if here else route_buttons(app, code))]
    rows.append(ft.Row(links, wrap=True, spacing=4, run_spacing=0))
    rows += visit_notices(app, visit if here else None)
    rows.append(tabs)
    if shown == "invoices":
        rows.append(ft.Row([statement_button(app, code)], alignment=ft.MainAxisAlignment.END))
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
        bottom=actions(app, code, visit, contacting),
        banner=not here,
    )


def actions(app: Window, code: str, visit: Json | None, contacting: Contacting) -> ft.Control:
    t = app.texts.t
    if contacting.locating:
        return bottom_bar(
            primary("start-visit", t("Finding your position…"), None, busy=True, expand=True),
            secondary("start-without-position", t("Go on without"), contacting.without_place),
        )
    if visit is None:
        return bottom_bar(
            primary("start-visit", t("Start visit"), contacting.start, icon=ft.Icons.HOW_TO_REG)
        )
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
        app, "customer-statement", app.texts.t("Statement of account"), f"customer:{code}",
        above=f"cliente/{code}",
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
    far = metres_away(visit)
    if far is None:
        return []
    words = t(
        "You are {metres} m from the customer's point. The visit is recorded anyway.",
        metres=app.texts.number(far),
    )
    return [
        notice(words, app.palette, icon=ft.Icons.PLACE_OUTLINED, identifier="visit-far-away"),
        PhotoField(
            visit_album(visit),
            str(visit["customer"]),
            lambda: visit.get("place"),
            t("Take a photo of where you are."),
        ),
    ]
