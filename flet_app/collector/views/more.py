"""Más: everything that isn't needed at a counter: synchronisation, looks, language, and leaving."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flet as ft

from flet_app.collector.actions.tracking import tracking_state
from flet_app.collector.diagnostics import diagnose
from flet_app.collector.phone import FactsUnsent
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import screen, scroll, sync_state
from flet_app.collector.views.handing_over import give_file
from flet_app.components.dialogs import confirmation
from flet_app.components.figures import caption
from flet_app.components.handlers import calling, use_press
from flet_app.components.inputs import segments
from flet_app.components.status import status_line
from flet_app.components.surfaces import card, notice, section, stacked
from flet_app.components.tagging import tag
from receivables.tracking import Following


@ft.component
def More() -> ft.View:
    app = use_app()
    t = app.texts.t
    leaving, set_leaving = ft.use_state(False)
    unsent, set_unsent = ft.use_state(False)
    press = use_press()
    enrolment = app.phone.enrolment
    chosen = app.store.chosen

    def choose(name: str) -> Callable[[str], None]:
        def keep(value: str) -> None:
            app.store.choose(**{name: value})
            app.phone.announce()

        return keep

    @press.once
    async def leave(_event: Any) -> None:
        set_leaving(False)
        try:
            await app.phone.sign_out()
        except FactsUnsent:
            set_unsent(True)
        else:
            app.page.navigate("/")

    @press.once
    async def support(_event: Any) -> None:
        page = app.page
        screen_size = f"{page.width:.0f} x {page.height:.0f}" if page.width and page.height else "unknown"
        asked = {"screen": screen_size, "platform": page.platform, "browser": "yes" if page.web else "no"}
        made = await diagnose(app.phone, screen=asked)
        await give_file(app, made.name, made.content, mime="text/plain")

    def switching(company: str) -> Any:
        @press.once
        async def switch(_event: Any) -> None:
            await app.phone.switch(company)
            app.page.navigate("/")

        return switch

    def ask(_event: Any) -> None:
        set_unsent(bool(app.phone.status.unsent))
        set_leaving(not app.phone.status.unsent)

    ft.use_dialog(
        confirmation(
            "sign-out", title=t("Sign out of this phone?"),
            sentence=t("You will need a connection and your password to come back."),
            consequence=t("Sign out"), back=t("Stay"), on_confirm=leave, on_back=calling(set_leaving, False),
            grave=False,
        )
        if leaving
        else None
    )  # fmt: skip
    rows: list[ft.Control] = [
        stacked([
            row("open-map", ft.Icons.MAP_OUTLINED, t("Map of the day"), lambda _event: app.open("mapa")),
            row("open-agenda", ft.Icons.EVENT_NOTE_OUTLINED, t("Agenda"), lambda _event: app.open("agenda")),
            row(
                "open-packs", ft.Icons.LAYERS_OUTLINED, t("Maps without a signal"),
                lambda _event: app.open("mapas"),
            ),
            row(
                "open-portfolio", ft.Icons.STACKED_BAR_CHART, t("Portfolio"),
                lambda _event: app.open("cartera"),
                detail=caption(t("What is owed, by age")),
            ),
            row(
                "open-sync", ft.Icons.CLOUD_SYNC_OUTLINED, t("Synchronisation"),
                lambda _event: app.open("sincronizacion"), detail=status_line(sync_state(app), app.palette),
            ),
            *tracking_rows(app),
        ]),
        section(t("Appearance")),
        segments(
            [("theme-system", "system", t("System")), ("theme-light", "light", t("Light")),
             ("theme-dark", "dark", t("Dark"))],
            selected=str(chosen.get("theme_mode") or "system"),
            on_select=choose("theme_mode"),
        ),
        section(t("Language")),
        segments(
            [("language-es", "es", "Español"), ("language-en", "en", "English")],
            selected=app.texts.language,
            on_select=choose("language"),
        ),
    ]  # fmt: skip
    if enrolment:
        rows += [
            section(t("This phone")),
            card(
                ft.Column(
                    [
                        ft.Text(enrolment.name, size=16, weight=ft.FontWeight.W_600),
                        caption(enrolment.email),
                        caption(enrolment.company_name),
                        caption(t("Series {series}", series=enrolment.series)),
                    ],
                    spacing=2, tight=True,
                )
            ),
            stacked([
                *(
                    row(
                        f"switch-{each.company}", ft.Icons.SWAP_HORIZ, each.company_name,
                        switching(each.company),
                        detail=caption(t("Collect for this company")),
                    )
                    for each in app.phone.companies()
                    if each.company != enrolment.company
                ),
                row(
                    "add-company", ft.Icons.ADD_BUSINESS_OUTLINED, t("Another company"),
                    lambda _event: app.open("entrar"),
                ),
                *pin_rows(app),
                row(
                    "support-file", ft.Icons.HELP_CENTER_OUTLINED, t("File for support"), support,
                    detail=caption(t("Versions and counts, nothing of customers")),
                ),
                row("sign-out", ft.Icons.LOGOUT, t("Sign out"), ask),
            ]),
        ]  # fmt: skip
    if unsent:
        rows.append(
            notice(
                t("There is something not sent yet. Sign out once everything has arrived."),
                app.palette,
                icon=ft.Icons.CLOUD_UPLOAD_OUTLINED,
                action=t("See"),
                on_action=lambda _event: app.open("sincronizacion"),
                identifier="sign-out-refused",
            )
        )
    return screen(app, route="/", title=t("More"), body=scroll(rows), tab="/mas")


def tracking_rows(app: Window) -> list[ft.Control]:
    """Nothing where the company does not ask for it."""
    if tracking_state(app.phone) is Following.OFF:
        return []
    return [
        row(
            "open-tracking", ft.Icons.SHARE_LOCATION, app.texts.t("Your route at work"),
            lambda _event: app.open("recorrido"),
        )
    ]  # fmt: skip


def pin_rows(app: Window) -> list[ft.Control]:
    t, pin = app.texts.t, app.phone.pin

    def lock(_event: Any) -> None:
        pin.close()
        app.phone.announce()

    title = t("Change or remove the PIN") if pin.is_set else t("Set a PIN")
    rows = [row("open-pin", ft.Icons.PIN_OUTLINED, title, lambda _event: app.open("pin"))]
    if pin.is_set:
        rows.append(row("lock-now", ft.Icons.LOCK_OUTLINE, t("Lock now"), lock))
    return rows


def row(
    identifier: str, icon: ft.IconData, title: str, on_click: Any, *, detail: ft.Control | None = None
) -> ft.Control:
    words: list[ft.Control] = [ft.Text(title, size=16)]
    if detail:
        words.append(detail)
    return tag(
        identifier,
        ft.Container(
            ft.Row(
                [
                    ft.Icon(icon, size=22, color=ft.Colors.ON_SURFACE_VARIANT),
                    ft.Column(words, spacing=2, tight=True, expand=True),
                    ft.Icon(ft.Icons.CHEVRON_RIGHT, size=20, color=ft.Colors.OUTLINE),
                ],
                spacing=14,
            ),
            padding=ft.Padding.symmetric(horizontal=16, vertical=11 if detail else 16),
            ink=True,
            on_click=on_click,
        ),
    )
