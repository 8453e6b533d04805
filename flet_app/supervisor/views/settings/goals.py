"""*Metas*: what is expected of each collector in a month, by whose word, and setting it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial

import flet as ft

from flet_app.components.figures import caption
from flet_app.components.handlers import calling, use_kept
from flet_app.components.inputs import choice, choices, secondary
from flet_app.components.surfaces import empty, skeleton, stacked
from flet_app.components.tagging import tag
from flet_app.supervisor.goals import Goals, Json
from flet_app.supervisor.session import Session, run, use_session
from flet_app.supervisor.views.asking import refusal
from flet_app.supervisor.views.settings.goal_dialog import goal_dialog
from flet_app.theme import EDGE, GAP, TOUCH_TARGET, is_dark, palette
from receivables.goals import Period


@ft.component
def GoalsScreen() -> ft.Control:
    session, goals = use_session(), use_kept(Goals)
    ft.use_state(goals)
    months = months_offered(session.today())
    ft.use_effect(partial(_open, session, goals, months[0]), dependencies=[])
    ft.use_dialog(goal_dialog(session, goals) if goals.chosen else None)
    colors = palette(dark=is_dark(ft.context.page))
    rows: list[ft.Control] = [
        choices(
            [
                choice(
                    f"goals-{month}", session.texts.month(month), selected=month == goals.month,
                    on_select=calling(_open, session, goals, month),
                )
                for month in months
            ]
        ),
        *(
            refusal(
                session, goals, colors, identifier="goals-failure", again=calling(run, goals.read, session)
            )
            if goals.chosen is None
            else []
        ),
    ]  # fmt: skip
    if goals.items is None:
        rows += [] if goals.failure else [skeleton(4)]
    elif not goals.items:
        rows.append(empty(ft.Icons.PEOPLE_OUTLINE, session.texts.t("There are no collectors yet.")))
    else:
        rows.append(stacked([_row(session, goals, item) for item in goals.items]))
    return ft.ListView(rows, padding=EDGE, spacing=GAP, expand=True)


def months_offered(today: date) -> list[str]:
    """This month, the next, and the one before."""
    first = today.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    return [f"{each:%Y-%m}" for each in (first, following, first - timedelta(days=1))]


def _open(session: Session, goals: Goals, month: str) -> None:
    goals.look_at(month)
    run(goals.read, session)


def _row(session: Session, goals: Goals, goal: Json) -> ft.Control:
    t = session.texts.t
    lines: list[ft.Control] = [ft.Text(goal["name"], size=16, weight=ft.FontWeight.W_600)]
    lines += [caption(words) for period in Period if (words := _expected(session, goal, period))]
    lines.append(caption(_whose(session, goal), size=12))
    button = secondary(
        f"goal-set-{goal['collector']}", t("Set"), calling(goals.choose, goal, session.texts),
        height=TOUCH_TARGET,
    )  # fmt: skip
    return tag(
        f"goal-{goal['collector']}",
        ft.Container(
            ft.Row([ft.Column(lines, spacing=2, tight=True, expand=True), button], spacing=GAP),
            padding=ft.Padding.symmetric(horizontal=16, vertical=12),
        ),
    )


def _expected(session: Session, goal: Json, period: Period) -> str:
    """`Mes: $ 24.000,00 · 440 gestiones · 308 efectivas`; empty where nothing is expected."""
    texts = session.texts
    amount, visits = goal[f"amount_{period}"], goal[f"visits_{period}"]
    effective = goal[f"effective_{period}"]
    parts = [
        texts.money(amount, goal["currency"]) if amount else "",
        texts.n("{count} visit", "{count} visits", visits) if visits else "",
        texts.n("{count} effective", "{count} effective ones", effective) if effective else "",
    ]
    words = " · ".join(part for part in parts if part)
    name = texts.t("Day") if period is Period.DAY else texts.t("Month")
    return f"{name}: {words}" if words else ""


def _whose(session: Session, goal: Json) -> str:
    t = session.texts.t
    if goal["set_by"]:
        when = session.texts.moment(datetime.fromisoformat(goal["set_at"]), now=session.now())
        return t("Set by {who}, {when}", who=goal["set_by"], when=when)
    return t("As the ERP says") if goal["erp"] else t("No goal yet")
