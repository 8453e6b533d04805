"""*Configuración*: what there is to administer, and above each of its screens the way to the others."""

from __future__ import annotations

import flet as ft

from flet_app.components.figures import caption
from flet_app.components.handlers import calling
from flet_app.components.inputs import choice, icon_action
from flet_app.components.surfaces import card, empty
from flet_app.components.tagging import tag
from flet_app.supervisor.session import Session, use_session
from flet_app.supervisor.views.settings.sections import ROOT, SECTIONS, Section, sections_of
from flet_app.theme import EDGE, GAP

CHIPS_WIDTH = 840
"""dp from which the chips of all sections stand beside each other."""


@ft.component
def Settings() -> ft.Control:
    """The frame: chips of the sections and the one that is open, where the person has its right."""
    session = use_session()
    outlet = ft.use_route_outlet()
    opened = next((section for section in SECTIONS if ft.is_route_active(section.route)), None)
    if opened is None:
        return ft.Container(outlet, expand=True)
    body = outlet if session.may(opened.action) else not_allowed(session)
    head = _chips(session, opened) if session.state.width >= CHIPS_WIDTH else _title(session, opened)
    return ft.Column([head, ft.Container(body, expand=True)], expand=True, spacing=0)


@ft.component
def SettingsMenu() -> ft.Control:
    """Everything that the person may administer, each with a sentence."""
    session = use_session()
    offered = sections_of(session)
    if not offered:
        return not_allowed(session)
    cards: list[ft.Control] = [
        ft.Container(_card(session, section), col={"xs": 12, "md": 6}) for section in offered
    ]
    return ft.ListView(
        [ft.ResponsiveRow(cards, spacing=GAP, run_spacing=GAP)], padding=EDGE, spacing=GAP, expand=True
    )


def not_allowed(session: Session) -> ft.Control:
    """Said also to who comes by a link that somebody else sent."""
    return empty(
        ft.Icons.LOCK_OUTLINE, session.texts.t("Your role does not allow this."), identifier="not-allowed"
    )


def _title(session: Session, opened: Section) -> ft.Control:
    """Where there is no room for all sections: which one it is, and the way back to the others."""
    t = session.texts.t
    back = icon_action(
        "settings-back", ft.Icons.ARROW_BACK, t("Settings"), calling(ft.context.page.navigate, ROOT)
    )
    name = ft.Semantics(header=True, content=ft.Text(t(opened.name), size=18, weight=ft.FontWeight.W_600))
    return ft.Container(ft.Row([back, name], spacing=4), padding=ft.Padding.only(left=4, right=EDGE, top=4))


def _chips(session: Session, opened: Section) -> ft.Control:
    chips = [
        choice(
            f"settings-{section.path}",
            session.texts.t(section.name),
            selected=section is opened,
            on_select=calling(ft.context.page.navigate, section.route),
            icon=section.icon,
        )
        for section in sections_of(session)
    ]
    return ft.Container(
        ft.Row(chips, spacing=8, run_spacing=8, wrap=True),
        padding=ft.Padding.symmetric(horizontal=EDGE, vertical=8),
    )


def _card(session: Session, section: Section) -> ft.Control:
    t = session.texts.t
    words = ft.Column(
        [ft.Text(t(section.name), size=16, weight=ft.FontWeight.W_600), caption(t(section.about))],
        spacing=2,
        tight=True,
        expand=True,
    )
    row = ft.Row([ft.Icon(section.icon, color=ft.Colors.PRIMARY), words], spacing=GAP)
    return tag(
        f"settings-{section.path}",
        card(row, on_click=calling(ft.context.page.navigate, section.route)),
        label=t(section.name),
    )
