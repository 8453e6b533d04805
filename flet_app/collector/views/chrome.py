"""What surrounds every screen: the app bar with the state of sync, the tabs, the banner of an open visit."""

from __future__ import annotations

import dataclasses
from typing import Any

import flet as ft

from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window
from flet_app.collector.sync import SyncPhase, SyncStatus
from flet_app.collector.views.tracking_signs import tracking_question, tracking_sign
from flet_app.components.company_mark import company_mark
from flet_app.components.status import Status, Tone, status_pill, tone_background, tone_color
from flet_app.theme import EDGE, GAP, TOUCH_TARGET
from receivables.documents import parse_instant

LONG_TITLE = 20  # letters beside the state of sync on a narrow phone; a longer name takes two lines
RECENT_SECONDS = 5 * 60  # "al día" is only said this long after the last contact


def sync_state(app: Window) -> Status:
    """The state of sync in a sign and a few words: what to do, what waits, else how fresh it is."""
    t, status = app.texts.t, app.phone.status
    refused = len(app.store.outbox.refused) if app.phone.store else 0
    if status.phase in {SyncPhase.SIGN_IN_AGAIN, SyncPhase.LOCKED_OUT}:
        return Status(tone=Tone.LATE, icon=ft.Icons.LOCK_OUTLINE, text=t("Sign in again"))
    if refused:
        return Status(tone=Tone.LATE, icon=ft.Icons.ERROR_OUTLINE, text=t("{count} rejected", count=refused))
    if status.unsent_count:
        sign = ft.Icons.CLOUD_UPLOAD_OUTLINED if status.sending else ft.Icons.SMARTPHONE
        return Status(tone=Tone.SAVED, icon=sign, text=t("{count} to send", count=status.unsent_count))
    return _freshness(app, status)


def _freshness(app: Window, status: SyncStatus) -> Status:
    """With nothing unsent: how recent the last contact is. "Al día" is said only when it is true."""
    t, last = app.texts.t, status.last_success_at
    if status.phase in {SyncPhase.UNREACHABLE, SyncPhase.FAILED}:
        return Status(tone=Tone.PLAIN, icon=ft.Icons.CLOUD_OFF_OUTLINED, text=t("Offline"))
    if last is None:
        return Status(tone=Tone.PLAIN, icon=ft.Icons.SYNC, text=t("Updating"))
    elapsed = app.phone.now() - last
    if elapsed.total_seconds() <= RECENT_SECONDS:
        return Status(tone=Tone.SETTLED, icon=ft.Icons.CLOUD_DONE_OUTLINED, text=t("Up to date"))
    return Status(tone=Tone.PLAIN, icon=ft.Icons.SCHEDULE, text=app.texts.ago(elapsed))


def sync_button(app: Window) -> ft.Control:
    state = sync_state(app)
    return ft.Semantics(
        identifier="sync-status",
        label=app.texts.t("Synchronisation"),
        button=True,
        content=ft.Container(
            status_pill(state, app.palette),
            on_click=lambda _event: app.open("sincronizacion"),
            height=TOUCH_TARGET,
            alignment=ft.Alignment.CENTER,
            padding=ft.Padding.only(right=12, left=4),
            border_radius=24,
            ink=True,
        ),
    )


def app_bar(app: Window, title: str, *, subtitle: str | None, back: bool, sync: bool) -> ft.AppBar:
    long = len(title) > LONG_TITLE
    words: list[ft.Control] = [
        ft.Text(
            title, max_lines=2 if long else 1, overflow=ft.TextOverflow.ELLIPSIS,
            style=ft.TextStyle(size=15 if long else 18, weight=ft.FontWeight.W_600, height=1.15),
        )
    ]  # fmt: skip
    if subtitle:
        words.append(
            ft.Text(
                subtitle, size=13, weight=ft.FontWeight.W_400, color=ft.Colors.ON_SURFACE_VARIANT,
                max_lines=1,
                overflow=ft.TextOverflow.ELLIPSIS,
            )
        )  # fmt: skip
    title_words: ft.Control = ft.Column(words, spacing=0, tight=True)
    if not back and (logo := app.phone.portfolio.logo):
        mark = company_mark("company-logo", logo, str(app.phone.portfolio.company.get("name") or ""))
        title_words.expand = True
        title_words = ft.Row([mark, title_words], spacing=GAP)
    return ft.AppBar(
        title=title_words,
        title_spacing=0 if back else EDGE,
        automatically_imply_leading=back,
        actions=[*tracking_sign(app), sync_button(app)] if sync else [],
        toolbar_height=68 if long and subtitle else 60,
    )


def visit_banner(app: Window, visit: Json | None) -> ft.Control | None:
    """The open visit, on every screen; its tap returns to the customer."""
    if visit is None:
        return None
    elapsed = app.phone.now() - parse_instant(visit["created_at"])
    minutes = max(0, int(elapsed.total_seconds() // 60))
    name = app.phone.portfolio.customer_name(visit["customer"])
    color = tone_color(Tone.SAVED, app.palette)
    said = ft.TextStyle(size=12, height=1.15)
    named = ft.TextStyle(size=14, height=1.15, weight=ft.FontWeight.W_600)
    return ft.Semantics(
        identifier="visit-banner",
        label=app.texts.t("Visit in progress"),
        button=True,
        content=ft.Container(
            ft.Row(
                [
                    ft.Icon(ft.Icons.TIMER_OUTLINED, size=18, color=color),
                    ft.Column(
                        [
                            ft.Text(app.texts.t("Visit in progress"), style=said, color=color),
                            ft.Text(
                                name, style=named, color=color, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS
                            ),
                        ],
                        spacing=0, tight=True, expand=True,
                    ),
                    ft.Text(app.texts.t("{count} min", count=minutes), size=14, color=color, no_wrap=True),
                    ft.Icon(ft.Icons.CHEVRON_RIGHT, size=18, color=color),
                ],
                spacing=8,
            ),
            bgcolor=tone_background(Tone.SAVED, app.palette),
            padding=ft.Padding.symmetric(horizontal=EDGE),
            height=TOUCH_TARGET,
            ink=True,
            on_click=lambda _event: app.open(f"cliente/{visit['customer']}"),
        ),
    )  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    path: str
    identifier: str
    icon: ft.IconData
    selected_icon: ft.IconData
    label: str


TABS = (
    Tab(
        path="/",
        identifier="nav-hoy",
        icon=ft.Icons.TODAY_OUTLINED,
        selected_icon=ft.Icons.TODAY,
        label="Today",
    ),
    Tab(
        path="/clientes",
        identifier="nav-clientes",
        icon=ft.Icons.PEOPLE_OUTLINE,
        selected_icon=ft.Icons.PEOPLE,
        label="Customers",
    ),
    Tab(
        path="/cobros",
        identifier="nav-cobros",
        icon=ft.Icons.PAYMENTS_OUTLINED,
        selected_icon=ft.Icons.PAYMENTS,
        label="Receipts",
    ),
    Tab(
        path="/mas",
        identifier="nav-mas",
        icon=ft.Icons.MORE_HORIZ,
        selected_icon=ft.Icons.MORE_HORIZ,
        label="More",
    ),
)


def tabs_bar(app: Window, current: str) -> ft.Control:
    """Hoy · Clientes · Cobros · Más, where the thumb is."""

    def destination(tab: Tab) -> ft.Control:
        chosen = tab.path == current
        color = ft.Colors.ON_SURFACE if chosen else ft.Colors.ON_SURFACE_VARIANT
        label = app.texts.t(tab.label)
        return ft.Semantics(
            identifier=tab.identifier,
            button=True,
            selected=chosen,
            expand=True,
            content=ft.Container(
                ft.Column(
                    [
                        ft.Container(
                            ft.Icon(tab.selected_icon if chosen else tab.icon, size=24, color=color),
                            bgcolor=ft.Colors.SECONDARY_CONTAINER if chosen else None,
                            border_radius=16,
                            padding=ft.Padding.symmetric(horizontal=18, vertical=3),
                        ),
                        ft.Text(
                            label,
                            color=color,
                            no_wrap=True,
                            style=ft.TextStyle(
                                size=12, height=1.2, weight=ft.FontWeight.W_600 if chosen else None
                            ),
                        ),
                    ],
                    spacing=2,
                    alignment=ft.MainAxisAlignment.CENTER,
                    horizontal_alignment=ft.CrossAxisAlignment.CENTER,
                ),
                height=64,
                ink=True,
                border_radius=12,
                on_click=lambda _event: app.page.navigate(tab.path),
            ),
        )

    return ft.Container(
        ft.SafeArea(ft.Row([destination(tab) for tab in TABS], spacing=0), avoid_intrusions_top=False),
        bgcolor=ft.Colors.SURFACE_CONTAINER,
    )


def screen(
    app: Window,
    *,
    route: str,
    title: str,
    body: ft.Control,
    subtitle: str | None = None,
    tab: str | None = None,
    bottom: ft.Control | None = None,
    banner: bool = True,
    sync: bool = True,
    head: ft.Control | None = None,
    on_confirm_pop: Any = None,
) -> ft.View:
    """A screen: bar, banner of an open visit, a body that takes the room, what the thumb reaches."""
    visit = visit_banner(app, app.phone.portfolio.open_visit()) if banner else None
    margins = ft.Padding.symmetric(horizontal=app.side)
    asked = tracking_question(app) if tab is not None else None
    rows: list[ft.Control] = [each for each in (visit, asked) if each is not None]
    if head is not None:
        rows.append(ft.Container(head, padding=margins))
    rows.append(ft.Container(body, expand=True, padding=margins))
    if bottom is not None:
        rows.append(ft.Container(bottom, padding=margins))
    if tab is not None:
        rows.append(tabs_bar(app, tab))
    return ft.View(
        route=route,
        appbar=app_bar(app, title, subtitle=subtitle, back=tab is None, sync=sync),
        padding=0,
        spacing=0,
        controls=[
            ft.Column(rows, spacing=0, expand=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        ],
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        can_pop=tab is None and on_confirm_pop is None,
        on_confirm_pop=on_confirm_pop,
    )


def bare(route: str, rows: list[ft.Control], *, can_pop: bool = False) -> ft.View:
    """A screen without a bar or tabs: what a phone shows before it is somebody's, or while it is closed."""
    return ft.View(
        route=route,
        padding=0,
        can_pop=can_pop,
        controls=[
            ft.SafeArea(
                ft.ListView(rows, spacing=14, padding=ft.Padding.symmetric(horizontal=EDGE + 8), expand=True),
                expand=True,
            )
        ],
    )


def scroll(rows: list[ft.Control], *, spacing: int = GAP, bottom: int = 24) -> ft.ListView:
    """A body that scrolls, with the same margins everywhere."""
    return ft.ListView(
        rows,
        spacing=spacing,
        padding=ft.Padding.only(left=EDGE, right=EDGE, top=8, bottom=bottom),
        expand=True,
    )
