"""Changing a route by hand: what may be done to a stop, and taking the last change back."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from typing import Any

import flet as ft

from flet_app.collector import figures
from flet_app.collector.actions.route import change_stop
from flet_app.collector.state import Window
from flet_app.collector.views.stop_rows import stop_row
from flet_app.components.handlers import use_maybe
from flet_app.components.status import Tone
from flet_app.components.surfaces import notice
from flet_app.components.tagging import tag
from flet_app.theme import TOUCH_TARGET
from receivables.messages import sentence


@dataclasses.dataclass(frozen=True, slots=True)
class Undo:
    """The change that takes the last one back, and what the last one was."""

    words: str
    customer: str
    change: str
    position: int


@dataclasses.dataclass(frozen=True, slots=True)
class Changes:
    """The verbs of this hook: `make` a change, `take_back` the last one, `forget` that there was one."""

    undo: Undo | None
    make: Callable[[figures.Stop, str, int | None], Any]
    take_back: Callable[[Any], Any]
    forget: Callable[[], None]


def use_changes(app: Window, on: date) -> Changes:
    """A hook: changes of the route of `on`, the last of which can be taken back."""
    undo, set_undo = use_maybe(Undo)
    t = app.texts.t

    async def make(stop: figures.Stop, kind: str, position: int | None) -> None:
        done = await change_stop(app.phone, stop.customer, change=kind, on=on, position=position)
        if isinstance(done, list):
            app.say(sentence(done[0], locale=app.texts.locale))
            return
        moved = kind == "move"
        words = (
            t("{name} was moved.", name=stop.name) if moved else t("{name} is off the route.", name=stop.name)
        )
        set_undo(Undo(words, stop.customer, "move" if moved else "add", stop.position - 1))

    async def take_back(_event: Any) -> None:
        if undo is not None:
            set_undo(None)
            await change_stop(app.phone, undo.customer, change=undo.change, on=on, position=undo.position)

    return Changes(undo, make, take_back, lambda: set_undo(None))


def undo_notice(app: Window, changes: Changes) -> list[ft.Control]:
    if changes.undo is None:
        return []
    return [
        notice(
            changes.undo.words, app.palette, tone=Tone.SAVED, icon=ft.Icons.UNDO,
            action=app.texts.t("Undo"), on_action=changes.take_back, identifier="route-undo",
        )
    ]  # fmt: skip


def with_menu(app: Window, stop: figures.Stop, changes: Changes, *, last: int) -> ft.Control:
    """A stop with what may be done to it; what was visited stays as it is."""
    row = stop_row(app, stop)
    if stop.state != "pending":
        return row
    t = app.texts.t
    place = stop.position - 1  # the position is told from 1

    def doing(kind: str, position: int | None = None) -> Callable[[Any], Any]:
        async def handler(_event: Any) -> None:
            await changes.make(stop, kind, position)

        return handler

    items = [("stop-remove", t("Take off the route"), ft.Icons.REMOVE_CIRCLE_OUTLINE, doing("remove"))]
    if stop.position < last:
        items.insert(0, ("stop-last", t("Visit last"), ft.Icons.VERTICAL_ALIGN_BOTTOM, doing("move")))
        items.insert(0, ("stop-later", t("Visit later"), ft.Icons.ARROW_DOWNWARD, doing("move", place + 1)))
    if place:
        items.insert(0, ("stop-sooner", t("Visit sooner"), ft.Icons.ARROW_UPWARD, doing("move", place - 1)))
        items.insert(0, ("stop-first", t("Visit first"), ft.Icons.VERTICAL_ALIGN_TOP, doing("move", 0)))
    menu = ft.PopupMenuButton(
        ft.Container(
            ft.Icon(ft.Icons.MORE_VERT, semantics_label=t("Change {name}", name=stop.name)),
            width=TOUCH_TARGET,
            height=TOUCH_TARGET,
            alignment=ft.Alignment.CENTER,
        ),
        items=[
            ft.PopupMenuItem(content=words, icon=icon, on_click=handler, key=f"{key}-{stop.customer}")
            for key, words, icon, handler in items
        ],
    )
    return ft.Row([ft.Container(row, expand=True), tag(f"menu-{stop.customer}", menu)], spacing=0)
