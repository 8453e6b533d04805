"""The map of the app: which address shows which screen. Details lie above the tab they were opened from."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable

import flet as ft

from flet_app.collector.state import Window, WindowContext, use_app
from flet_app.collector.views.ageing import Ageing
from flet_app.collector.views.agenda import AgendaScreen
from flet_app.collector.views.cash import Cash
from flet_app.collector.views.clock_code import ClockCode
from flet_app.collector.views.close_cash import CloseCash
from flet_app.collector.views.consent import ConsentEntry
from flet_app.collector.views.customer import Customer
from flet_app.collector.views.customer_filters import CustomerFilters
from flet_app.collector.views.customers import Customers
from flet_app.collector.views.day_map import DayMap
from flet_app.collector.views.deposit import DepositEntry
from flet_app.collector.views.dispute import DisputeEntry
from flet_app.collector.views.expired import Expired
from flet_app.collector.views.fault import Fault
from flet_app.collector.views.finish_visit import FinishVisit
from flet_app.collector.views.history import History
from flet_app.collector.views.home import Home
from flet_app.collector.views.informed_payment import InformedPaymentEntry
from flet_app.collector.views.location import LocationEntry
from flet_app.collector.views.locked import Locked
from flet_app.collector.views.map_packs import MapPacks
from flet_app.collector.views.more import More
from flet_app.collector.views.note import NoteEntry
from flet_app.collector.views.office import OfficeAddress
from flet_app.collector.views.paper import PaperView
from flet_app.collector.views.pin import PinChoice, Unlock
from flet_app.collector.views.promise import PromiseEntry
from flet_app.collector.views.receipt import ReceiptEntry
from flet_app.collector.views.route import Route
from flet_app.collector.views.route_add import RouteAdd
from flet_app.collector.views.sign_in import SignIn
from flet_app.collector.views.sync_status import SyncScreen
from flet_app.collector.views.tracking import TrackingScreen
from flet_app.collector.views.voucher import Voucher
from flet_app.collector.views.wiped import Wiped
from flet_app.components.failures import shielded
from flet_app.components.tagging import tag
from flet_app.theme import TOUCH_TARGET
from receivables.contact_expiry import Reach

PAPER = ft.Route(path="papel/:of", component=PaperView)


def details() -> list[ft.Route]:
    return [
        ft.Route(
            path="cliente/:code",
            component=Customer,
            children=[
                ft.Route(path="cobro", component=ReceiptEntry),
                ft.Route(path="finalizar", component=FinishVisit),
                ft.Route(path="promesa", component=PromiseEntry),
                ft.Route(path="reclamo", component=DisputeEntry),
                ft.Route(path="pago-informado", component=InformedPaymentEntry),
                ft.Route(path="nota", component=NoteEntry),
                ft.Route(path="consentimiento", component=ConsentEntry),
                ft.Route(path="ubicacion", component=LocationEntry),
                PAPER,
            ],
        ),
        ft.Route(path="recibo/:number", component=Voucher, children=[PAPER]),
        PAPER,
        ft.Route(
            path="caja",
            component=Cash,
            children=[
                ft.Route(path="deposito", component=DepositEntry),
                ft.Route(path="cierre", component=CloseCash),
                PAPER,
            ],
        ),
        ft.Route(path="agenda", component=AgendaScreen),
        ft.Route(path="mapas", component=MapPacks),
        ft.Route(path="mapa", component=DayMap),
        ft.Route(path="mapa/:on", component=DayMap),
        ft.Route(path="ruta", component=Route),
        ft.Route(path="cartera", component=Ageing),
        ft.Route(path="ruta/:on", component=Route, children=[ft.Route(path="agregar", component=RouteAdd)]),
        ft.Route(path="sincronizacion", component=SyncScreen),
        ft.Route(path="pin", component=PinChoice),
        ft.Route(path="reloj", component=ClockCode),
        ft.Route(path="recorrido", component=TrackingScreen),
        ft.Route(path="entrar", component=SignIn),
    ]


def guarded(routes: Iterable[ft.Route]) -> list[ft.Route]:
    """The same addresses; a screen that can't be drawn costs that screen alone."""
    return [
        dataclasses.replace(
            each,
            component=each.component and shielded(each.component, Fault),
            children=guarded(each.children or ()),
        )
        for each in routes
    ]


ROUTES = guarded([
    ft.Route(
        path="/clientes",
        component=Customers,
        children=[*details(), ft.Route(path="filtros", component=CustomerFilters)],
    ),
    ft.Route(path="/cobros", component=History, children=details()),
    ft.Route(path="/mas", component=More, children=details()),
    ft.Route(path="/", component=Home, children=details()),
])  # fmt: skip


def shut(view: Callable[[], ft.View]) -> list[ft.Route]:
    """`view` at every address but the one to sign in, so that opening goes on where the phone was."""
    return guarded([
        ft.Route(path="/", component=view, children=[ft.Route(path="entrar", component=SignIn)]),
        ft.Route(path="/:elsewhere*", component=view),
    ])  # fmt: skip


PIN_ROUTES = shut(Unlock)
LOCKED_ROUTES = shut(Locked)
EXPIRED_ROUTES = shut(Expired)
WIPED_ROUTES = guarded([ft.Route(path="/:elsewhere*", component=Wiped), ft.Route(path="/", component=Wiped)])


@ft.component
def Screens() -> ft.Control | list[ft.View]:
    app = use_app()
    if app.phone.wiping.shown:
        return ft.Router(WIPED_ROUTES, manage_views=True)
    if app.phone.store is None:
        return [SignIn() if app.phone.office.address else OfficeAddress()]
    if app.phone.locked:
        return ft.Router(LOCKED_ROUTES, manage_views=True)
    if app.phone.contact.reach is Reach.CLOSED:
        return ft.Router(EXPIRED_ROUTES, manage_views=True)
    if app.phone.pin.closed:
        return ft.Router(PIN_ROUTES, manage_views=True)
    return ft.Router(ROUTES, not_found=Lost, manage_views=True)


@ft.component
def Lost() -> ft.Control:
    app = use_app()
    words = app.texts.t("Back to today")
    button = ft.TextButton(words, height=TOUCH_TARGET, on_click=lambda _event: app.page.navigate("/"))
    return tag("back-to-today", button)


@ft.component
def Root(window: Window) -> ft.Control:
    return WindowContext(window, Screens)  # type: ignore[no-any-return]
