"""The supervisor's web app: one session per browser, kept live by `feed`."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime

import flet as ft

from flet_app.components.failures import go_on_after_failures
from flet_app.supervisor.api import Api
from flet_app.supervisor.feed import follow
from flet_app.supervisor.session import Session, SessionContext
from flet_app.supervisor.state import SupervisorState
from flet_app.supervisor.views.assignment import Assignment
from flet_app.supervisor.views.collectors_map import CollectorsMap
from flet_app.supervisor.views.erp import Erp
from flet_app.supervisor.views.panel import Panel
from flet_app.supervisor.views.receipt_page import ReceiptPage
from flet_app.supervisor.views.receipts import Receipts
from flet_app.supervisor.views.settings.frame import Settings, SettingsMenu
from flet_app.supervisor.views.settings.sections import ROOT as SETTINGS_ROOT
from flet_app.supervisor.views.settings.sections import SECTIONS
from flet_app.supervisor.views.shell import MorePlaces, Shell
from flet_app.supervisor.views.visits import Visits
from flet_app.theme import apply_theme

DEFAULT_API_URL = "http://127.0.0.1:8000"


def system_now() -> datetime:
    return datetime.now(UTC)


@ft.component
def App(session: Session) -> object:
    return SessionContext(
        session,
        lambda: ft.Router(
            [
                ft.Route(
                    path="/",
                    component=Shell,
                    outlet=True,
                    children=[
                        ft.Route(index=True, component=Panel),
                        ft.Route(path="mapa", component=CollectorsMap),
                        ft.Route(path="gestiones", component=Visits),
                        ft.Route(path="cobros", component=Receipts),
                        ft.Route(path="cobros/:number", component=ReceiptPage),
                        ft.Route(path="reparto", component=Assignment),
                        ft.Route(path="erp", component=Erp),
                        ft.Route(path="mas", component=MorePlaces),
                        ft.Route(
                            path=SETTINGS_ROOT.strip("/"),
                            component=Settings,
                            outlet=True,
                            children=[
                                ft.Route(index=True, component=SettingsMenu),
                                *(ft.Route(path=each.path, component=each.component) for each in SECTIONS),
                            ],
                        ),
                    ],
                )
            ],
            manage_views=True,
        ),
    )


def main(page: ft.Page) -> None:
    """Start one browser session."""
    page.title = "Recaudo"
    apply_theme(page)
    page.locale_configuration = ft.LocaleConfiguration([ft.Locale("es", "EC")], ft.Locale("es", "EC"))
    api = Api(
        os.environ.get("RECAUDO_API_URL", DEFAULT_API_URL),
        language="es",
        now=system_now,
        browser=page.client_user_agent or "",
        address=page.client_ip or "",
    )
    state = SupervisorState(width=page.width or 1280)
    session = Session(api=api, state=state, nudge=asyncio.Event(), now=system_now)

    def resized(event: ft.PageResizeEvent) -> None:
        state.width = event.width

    feed = page.run_task(follow, state, api, system_now, session.nudge)

    async def closed() -> None:
        feed.cancel()
        await api.close()

    def tell_failure(_reason: BaseException | None) -> None:
        page.show_dialog(ft.SnackBar(session.texts.t("Something went wrong. Try again.")))

    go_on_after_failures(page, tell_failure)
    page.on_resize = resized
    page.on_close = closed
    page.render_views(App, session)
