"""One person: e-mail, name, roles, and under which code he or she collects."""

from __future__ import annotations

from functools import partial

import flet as ft

from flet_app.components.figures import caption
from flet_app.components.handlers import calling
from flet_app.components.inputs import bottom_bar, choice, choices, field, primary, secondary
from flet_app.components.surfaces import section
from flet_app.supervisor.session import Session, run
from flet_app.supervisor.staff import Staff
from flet_app.supervisor.views.asking import refusal
from flet_app.supervisor.words import ROLE_RIGHTS, ROLES
from flet_app.theme import EDGE, GAP, Palette
from receivables.access import Role

FORM_WIDTH = 640


def person_form(session: Session, staff: Staff, colors: Palette) -> ft.Control:
    """The form with its actions at the bottom; what was typed stays where it is refused."""
    texts = session.texts
    new = not staff.editing
    rows: list[ft.Control] = [
        section(texts.t("Add a person") if new else staff.editing or ""),
        *refusal(session, staff, colors, identifier="person-failure"),
        *([_email(session, staff)] if new else []),
        _name(session, staff),
        section(texts.t("Roles")),
        *_roles(session, staff),
    ]
    if Role.COLLECTOR in staff.roles:
        rows.append(_code(session, staff))
    if new:
        rows.append(
            caption(
                texts.t("You will see a password for one use. The person changes it before anything else.")
            )
        )
    body = ft.ListView(rows, padding=EDGE, spacing=GAP, expand=True)
    saved = texts.t("Add {name}", name=staff.name.strip()) if new else texts.t("Save the changes")
    actions = bottom_bar(
        secondary("person-back", texts.t("Discard"), calling(staff.stop), expand=1),
        primary(
            "person-save",
            saved if staff.name.strip() else texts.t("Add a person"),
            calling(run, staff.save, session),
            disabled=not staff.is_complete,
            busy=staff.busy,
            expand=2,
        ),
    )
    width = min(FORM_WIDTH, session.state.width)
    return ft.Row(
        [ft.Column([body, actions], expand=session.state.width < FORM_WIDTH, spacing=0, width=width)],
        expand=True,
        vertical_alignment=ft.CrossAxisAlignment.STRETCH,
    )


def _email(session: Session, staff: Staff) -> ft.Control:
    return field(
        "person-email",
        session.texts.t("E-mail"),
        value=staff.email,
        on_change=partial(setattr, staff, "email"),
        error=staff.faults.get("email"),
        keyboard_type=ft.KeyboardType.EMAIL,
        autofocus=True,
    )


def _name(session: Session, staff: Staff) -> ft.Control:
    shared = session.texts.t("Works for another company too") if staff.shared else None
    return field(
        "person-name",
        session.texts.t("Name"),
        value=staff.name,
        on_change=partial(setattr, staff, "name"),
        error=staff.faults.get("name"),
        helper=shared,
        disabled=staff.shared,
    )


def _roles(session: Session, staff: Staff) -> list[ft.Control]:
    t = session.texts.t
    chips = [
        choice(
            f"person-role-{role}",
            t(name),
            selected=role in staff.roles,
            on_select=calling(staff.toggle, role),
        )
        for role, name in ROLES.items()
    ]
    rights = [caption(f"{t(ROLES[role])}: {t(ROLE_RIGHTS[role])}") for role in ROLES if role in staff.roles]
    return [choices(chips), *rights]


def _code(session: Session, staff: Staff) -> ft.Control:
    t = session.texts.t
    fixed = t("Receipts are written under it, so it stays for ever.")
    helper = fixed if staff.has_code else t("Small letters and digits, such as ana. It stays for ever.")
    return field(
        "person-collector",
        t("Collector's code"),
        value=staff.collector,
        on_change=partial(setattr, staff, "collector"),
        error=staff.faults.get("collector"),
        helper=helper,
        disabled=staff.has_code,
    )
