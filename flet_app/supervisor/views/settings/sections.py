"""What stands under *Configuración*: one line for each screen, and the right that it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flet as ft

from flet_app.supervisor.session import Session
from flet_app.supervisor.views.settings.audit import AuditScreen
from flet_app.supervisor.views.settings.company import CompanyScreen
from flet_app.supervisor.views.settings.following import FollowingScreen
from flet_app.supervisor.views.settings.goals import GoalsScreen
from flet_app.supervisor.views.settings.people import PeopleScreen
from flet_app.supervisor.views.settings.phones import PhonesScreen
from flet_app.supervisor.views.settings.receipt_mail import ReceiptMailScreen
from flet_app.supervisor.views.settings.rescue import RescueScreen
from receivables.access import Action

ROOT = "/configuracion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """`name` and `about` are keys of the catalogue; `path` stands below `ROOT`."""

    path: str
    name: str
    about: str
    icon: ft.IconData
    action: Action
    component: Callable[..., Any]

    @property
    def route(self) -> str:
        return f"{ROOT}/{self.path}"


SECTIONS = (
    Section(
        path="personas",
        name="People",
        about="Who works here and as what, adding somebody, letting somebody go",
        icon=ft.Icons.PEOPLE_ALT_OUTLINED,
        action=Action.MANAGE_USERS,
        component=PeopleScreen,
    ),
    Section(
        path="telefonos",
        name="Phones",
        about="Who carries which phone, codes for new ones, shutting one out",
        icon=ft.Icons.PHONE_ANDROID,
        action=Action.MANAGE_DEVICES,
        component=PhonesScreen,
    ),
    Section(
        path="metas",
        name="Goals",
        about="What is expected of each collector in a day and in a month",
        icon=ft.Icons.FLAG_OUTLINED,
        action=Action.SET_GOALS,
        component=GoalsScreen,
    ),
    Section(
        path="recorridos",
        name="Ways",
        about="In which hours the collectors' way is recorded, and how long it is kept",
        icon=ft.Icons.SHARE_LOCATION,
        action=Action.FOLLOW,
        component=FollowingScreen,
    ),
    Section(
        path="empresa",
        name="Company",
        about="The name, the colour and the logo that the app and every paper carry",
        icon=ft.Icons.STOREFRONT,
        action=Action.MANAGE_BRAND,
        component=CompanyScreen,
    ),
    Section(
        path="correo",
        name="Receipts by e-mail",
        about="Whether customers get their receipts by e-mail, since when, and what they read",
        icon=ft.Icons.FORWARD_TO_INBOX,
        action=Action.MANAGE_MAIL,
        component=ReceiptMailScreen,
    ),
    Section(
        path="auditoria",
        name="Audit",
        about="Who did what, when and from where, and all of it as a file",
        icon=ft.Icons.HISTORY,
        action=Action.READ_AUDIT,
        component=AuditScreen,
    ),
    Section(
        path="rescate",
        name="Rescue",
        about="Taking in the file of a phone that cannot send",
        icon=ft.Icons.HEALING,
        action=Action.MANAGE_DEVICES,
        component=RescueScreen,
    ),
)


def sections_of(session: Session) -> list[Section]:
    """The sections that the signed-in person is offered."""
    return [section for section in SECTIONS if session.may(section.action)]
