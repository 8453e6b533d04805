"""Collectors by their names, and one of them to be chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flet as ft

from flet_app.components.handlers import calling
from flet_app.components.inputs import choice, choices
from flet_app.supervisor.session import Session


def name_of(session: Session, collector: str | None) -> str:
    """The person's name; the code of whom is not known here."""
    names: dict[str, str] = {row["collector"]: row["name"] for row in session.state.collectors}
    return names.get(collector or "", collector or session.texts.t("Nobody"))


def collectors_at_work(session: Session) -> list[tuple[str, str]]:
    """Code and name of those who work."""
    return [(row["collector"], row["name"]) for row in session.state.collectors if row.get("active", True)]


def collector_choice(
    session: Session, prefix: str, *, selected: str | None, on_select: Callable[[str], Any]
) -> ft.Control:
    """Chips of those who work, and of nobody: the empty text. Their identifiers begin with `prefix`."""
    return choices(
        [
            choice(
                f"{prefix}-{code or 'nobody'}",
                name,
                selected=selected == code,
                on_select=calling(on_select, code),
            )
            for code, name in [*collectors_at_work(session), ("", session.texts.t("Nobody"))]
        ]
    )
