"""Setting one collector's goals for a month: six figures, each of which may stay empty."""

from __future__ import annotations

from functools import partial

import flet as ft

from flet_app.components.figures import caption
from flet_app.components.handlers import calling
from flet_app.components.inputs import amount_field, field
from flet_app.components.tagging import tag
from flet_app.i18n import Texts
from flet_app.supervisor.api import Api
from flet_app.supervisor.goals import Goals
from flet_app.supervisor.session import Session, run
from flet_app.supervisor.views.asking import refusal
from flet_app.theme import TOUCH_TARGET, is_dark, palette
from receivables.goals import Period

WIDTH = 460
"""dp; on a narrower screen the dialog is as wide as the screen lets it."""


def goal_dialog(session: Session, goals: Goals) -> ft.AlertDialog:
    t, goal = session.texts.t, goals.chosen or {}
    away = calling(goals.choose, None, session.texts)
    actions: list[ft.Control] = [
        tag("goal-back", ft.TextButton(t("Leave it"), on_click=away, height=TOUCH_TARGET))
    ]
    if goal.get("set_by"):
        words = t("Use the ERP's") if goal.get("erp") else t("Remove the goal")
        give_back = ft.TextButton(words, on_click=calling(run, goals.give_back, session), height=TOUCH_TARGET)
        actions.append(tag("goal-give-back", give_back))
    save = ft.FilledButton(
        t("Save"), on_click=calling(run, partial(_save, goals, session.texts), session),
        disabled=goals.busy, height=TOUCH_TARGET,
    )  # fmt: skip
    actions.append(tag("goal-save", save))
    return ft.AlertDialog(
        title=ft.Text(
            t("Goals of {name}, {month}", name=goal.get("name"), month=session.texts.month(goal["month"]))
        ),
        content=ft.Container(ft.Column(_rows(session, goals), spacing=12, tight=True), width=WIDTH),
        actions=actions,
        on_dismiss=away,
        scrollable=True,
    )


async def _save(goals: Goals, texts: Texts, api: Api) -> None:
    await goals.save(api, texts)


def _rows(session: Session, goals: Goals) -> list[ft.Control]:
    t = session.texts.t
    rows: list[ft.Control] = refusal(
        session, goals, palette(dark=is_dark(ft.context.page)), identifier="goal-failure"
    )
    for period, name in ((Period.MONTH, t("Month")), (Period.DAY, t("Day"))):
        rows.append(ft.Text(name, size=15, weight=ft.FontWeight.W_600))
        rows.append(_amount(session, goals, period))
        rows.append(
            ft.Row(
                [_count(session, goals, period, "visits"), _count(session, goals, period, "effective")],
                spacing=12,
                vertical_alignment=ft.CrossAxisAlignment.START,
            )
        )
    rows.append(caption(t("An empty figure expects nothing. What you set here stands over the ERP's goals.")))
    return rows


def _amount(session: Session, goals: Goals, period: Period) -> ft.Control:
    name = f"amount_{period}"
    symbol = session.texts.symbol((goals.chosen or {})["currency"])
    return amount_field(
        f"goal-{name}", session.texts.t("Collected"), goals.typed[name], symbol=symbol,
        error=_error(session, goals, name), size=16, dense=True,
    )  # fmt: skip


def _count(session: Session, goals: Goals, period: Period, what: str) -> ft.Control:
    t, name = session.texts.t, f"{what}_{period}"
    return field(
        f"goal-{name}", t("Visits") if what == "visits" else t("Effective"), goals.typed[name],
        error=_error(session, goals, name), keyboard_type=ft.KeyboardType.NUMBER,
        input_filter=ft.InputFilter(r"^[0-9]*$"), expand=True, dense=True,
    )  # fmt: skip


def _error(session: Session, goals: Goals, name: str) -> str | None:
    return session.texts.t("Write a figure above zero, or nothing") if name in goals.wrong else None
