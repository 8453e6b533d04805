"""*Recorridos*: whether collectors are followed in worked hours, in which, and how long it is kept."""

from __future__ import annotations

from functools import partial

import flet as ft

from flet_app.components.figures import caption
from flet_app.components.handlers import calling, use_kept
from flet_app.components.inputs import choice, choices, field, primary, segments
from flet_app.components.status import Tone
from flet_app.components.surfaces import notice, section, skeleton
from flet_app.supervisor.following import LEAST_DAYS_KEPT, FollowingHours
from flet_app.supervisor.session import Session, run, use_session
from flet_app.supervisor.views.asking import refusal
from flet_app.theme import EDGE, GAP, Palette, is_dark, palette

FORM_WIDTH = 560
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@ft.component
def FollowingScreen() -> ft.Control:
    session, hours = use_session(), use_kept(FollowingHours)
    ft.use_state(hours)
    ft.use_effect(partial(run, hours.read, session), dependencies=[])
    colors = palette(dark=is_dark(ft.context.page))
    again = calling(run, hours.read, session) if hours.saved is None else None
    rows = refusal(session, hours, colors, identifier="following-failure", again=again)
    if hours.saved is not None:
        rows += _form(session, hours, colors)
    elif not hours.failure:
        rows.append(skeleton(4))
    body = ft.Container(ft.Column(rows, spacing=GAP), width=min(FORM_WIDTH, session.state.width - 2 * EDGE))
    return ft.ListView([ft.Row([body])], padding=EDGE, expand=True)


def _form(session: Session, hours: FollowingHours, colors: Palette) -> list[ft.Control]:
    t, flaws = session.texts.t, hours.flaws
    rows: list[ft.Control] = [
        caption(
            t(
                "Each collector is told on the phone and decides. "
                "Tell them what it is for before you turn it on."
            ),
            size=14,
        ),
        segments(
            [
                ("following-off", "off", t("Not recorded")),
                ("following-on", "on", t("Recorded in these hours")),
            ],
            selected="on" if hours.active else "off",
            on_select=lambda way: setattr(hours, "active", way == "on"),
        ),
        section(t("Days")),
        choices([_day(session, hours, day) for day in range(1, 8)]),
    ]
    if "days" in flaws:
        rows.append(caption(t("Choose at least one day.")))
    wrong = t("Hours such as 08:00 and 18:00, the second one later") if "hours" in flaws else None
    too_short = t("At least {count} days", count=LEAST_DAYS_KEPT) if "kept_days" in flaws else None
    rows += [
        section(t("Hours")),
        ft.Row(
            [
                field(
                    "following-from", t("From"), value=hours.opens, error=wrong, expand=True,
                    on_change=partial(setattr, hours, "opens"),
                ),
                field(
                    "following-to", t("To"), value=hours.closes, expand=True,
                    on_change=partial(setattr, hours, "closes"),
                ),
            ],
            spacing=GAP,
            vertical_alignment=ft.CrossAxisAlignment.START,
        ),
        caption(
            t("Never on holidays, and no longer than until the collector closes the cash or ends the day.")
        ),
        field(
            "following-kept", t("Days that it is kept"), value=hours.kept_days, error=too_short,
            on_change=partial(setattr, hours, "kept_days"), keyboard_type=ft.KeyboardType.NUMBER,
        ),
        primary(
            "following-save", t("Save"), calling(run, hours.save, session), busy=hours.busy,
            disabled=bool(flaws) or not hours.is_changed,
        ),
    ]  # fmt: skip
    if hours.told and not hours.is_changed:
        said = t("Saved. The phones follow it when they next synchronise.")
        icon = ft.Icons.CHECK_CIRCLE
        rows.append(notice(said, colors, tone=Tone.SETTLED, icon=icon, identifier="following-saved"))
    return rows


def _day(session: Session, hours: FollowingHours, day: int) -> ft.Control:
    name = session.texts.t(DAYS[day - 1])
    return choice(
        f"following-day-{day}", name, selected=day in hours.days, on_select=calling(hours.turn_day, day)
    )
