"""*Personas*: who works for the company and as what; adding, changing, letting go and letting in again."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import flet as ft

from flet_app.components.figures import caption
from flet_app.components.handlers import calling, use_kept
from flet_app.components.inputs import field, primary, secondary, segments
from flet_app.components.status import Status, Tone, status_pill
from flet_app.components.surfaces import beside, empty, section, skeleton, stacked
from flet_app.components.tagging import tag
from flet_app.supervisor.session import Session, run, use_session
from flet_app.supervisor.staff import Json, Staff
from flet_app.supervisor.views.asking import refusal
from flet_app.supervisor.views.settings.people_dialogs import people_dialog
from flet_app.supervisor.views.settings.person_form import person_form
from flet_app.supervisor.words import ROLES
from flet_app.theme import EDGE, GAP, TOUCH_TARGET, Palette, is_dark, palette

NARROW = 720
"""dp below which the actions of a person stand under the name."""


@ft.component
def PeopleScreen() -> ft.Control:
    session, staff = use_session(), use_kept(Staff)
    ft.use_state(staff)
    ft.use_effect(partial(run, staff.read, session), dependencies=[])
    ft.use_dialog(people_dialog(session, staff))
    colors = palette(dark=is_dark(ft.context.page))
    if staff.editing is not None:
        return person_form(session, staff, colors)
    again = calling(run, staff.read, session)
    rows = [
        *_head(session, staff),
        *refusal(session, staff, colors, identifier="people-failure", again=again),
        *_list(session, staff, colors),
    ]
    return ft.ListView(rows, padding=EDGE, spacing=GAP, expand=True)


def _head(session: Session, staff: Staff) -> list[ft.Control]:
    t = session.texts.t

    def search(query: str) -> None:
        staff.query = query
        run(staff.search, session)

    def show(state: str) -> None:
        staff.state, staff.items = state, None
        run(staff.read, session)

    add = primary("person-new", t("Add a person"), calling(staff.begin), icon=ft.Icons.PERSON_ADD)
    words = field(
        "people-search",
        t("Search by name, e-mail or code"),
        value=staff.query,
        on_change=search,
        prefix_icon=ft.Icons.SEARCH,
    )
    states = segments(
        [
            ("people-active", "active", t("At work")),
            ("people-disabled", "disabled", t("Disabled")),
            ("people-all", "", t("Everybody")),
        ],
        selected=staff.state,
        on_select=show,
    )
    cells: list[ft.Control] = [
        ft.Container(words, col={"xs": 12, "md": 6}),
        ft.Container(states, col={"xs": 12, "md": 6}),
    ]
    return [
        ft.Row([add]),
        ft.ResponsiveRow(cells, vertical_alignment=ft.CrossAxisAlignment.CENTER, run_spacing=GAP),
    ]


def _list(session: Session, staff: Staff, colors: Palette) -> list[ft.Control]:
    texts = session.texts
    if staff.items is None:
        return [] if staff.failure else [skeleton(6)]
    if not staff.items:
        return [empty(ft.Icons.PERSON_SEARCH, texts.t("Nobody is found. Search for less."))]
    rows = [
        section(texts.n("{count} person", "{count} people", staff.total)),
        stacked([_row(session, staff, person, colors) for person in staff.items]),
    ]
    if staff.next_cursor:
        more = secondary("people-more", texts.t("Show more"), calling(run, staff.more, session))
        rows.append(ft.Row([more], alignment=ft.MainAxisAlignment.CENTER))
    return rows


def _row(session: Session, staff: Staff, person: Json, colors: Palette) -> ft.Control:
    narrow = session.state.width < NARROW
    words = _words(session, person, colors)
    return tag(
        f"person-{person['email']}",
        ft.Container(
            beside(words, _actions(session, staff, person), narrow=narrow),
            padding=ft.Padding.symmetric(horizontal=16, vertical=10),
        ),
    )


def _words(session: Session, person: Json, colors: Palette) -> list[ft.Control]:
    texts = session.texts
    roles = " · ".join(texts.t(ROLES[role]) for role in person["roles"])
    lines: list[ft.Control] = [
        ft.Text(person["name"], size=16, weight=ft.FontWeight.W_600),
        caption(person["email"]),
        ft.Text(roles, size=14),
    ]
    if person["collector"]:
        lines.append(caption(_collects(session, person)))
    if person["elsewhere"]:
        lines.append(caption(texts.t("Works for another company too")))
    lines += [status_pill(status, colors) for status in _statuses(session, person)]
    return lines


def _collects(session: Session, person: Json) -> str:
    t, code, series = session.texts.t, person["collector"], ", ".join(person["series"])
    if not series:
        return t("Collects as {code} · no phone", code=code)
    return t("Collects as {code} · series {series}", code=code, series=series)


def _statuses(session: Session, person: Json) -> list[Status]:
    texts, found = session.texts, []
    if person["disabled_at"]:
        when = texts.moment(datetime.fromisoformat(person["disabled_at"]), now=session.now())
        said = texts.t("Disabled {when}", when=when)
        found.append(Status(tone=Tone.LATE, icon=ft.Icons.BLOCK, text=said))
    if person["one_time_until"]:
        when = texts.moment(datetime.fromisoformat(person["one_time_until"]), now=session.now())
        said = texts.t("Password for one use until {when}", when=when)
        found.append(Status(tone=Tone.WAITING, icon=ft.Icons.KEY, text=said))
    return found


def _actions(session: Session, staff: Staff, person: Json) -> ft.Control:
    t, email = session.texts.t, person["email"]
    disabled = person["disabled_at"] is not None

    def ask(verb: str, words: str, *, off: bool = False) -> ft.Control:
        button = ft.TextButton(
            t(words), on_click=calling(staff.consider, verb, person), height=TOUCH_TARGET, disabled=off
        )
        return tag(f"person-{verb}-{email}", button)

    change = ft.TextButton(t("Change"), on_click=calling(staff.begin, person), height=TOUCH_TARGET)
    return ft.Row(
        [
            tag(f"person-change-{email}", change),
            ask("password", "New password", off=person["elsewhere"]),
            ask("enable", "Enable") if disabled else ask("disable", "Disable"),
        ],
        spacing=0,
        tight=True,
        run_spacing=0,
        wrap=session.state.width < NARROW,
    )
