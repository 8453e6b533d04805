"""Whose rows are shown: everyone's or one collector's."""

from __future__ import annotations

from functools import partial
from typing import Any

import flet as ft

from flet_app.components.inputs import choice
from flet_app.supervisor.session import Session, use_session


@ft.component
def CollectorFilter() -> ft.Control:
    session = use_session()
    chosen = session.state.collector
    options = [("", session.texts.t("All"))]
    options += [(row["collector"], row["name"].split()[0]) for row in session.state.collectors]
    return ft.Row(
        [
            choice(
                f"filter-{code or 'all'}",
                name,
                selected=code == chosen,
                on_select=partial(_choose, session, code),
            )
            for code, name in options
        ],
        spacing=8,
        wrap=True,
        tight=True,
    )


def _choose(session: Session, collector: str, _event: Any) -> None:
    session.choose_collector(collector)
