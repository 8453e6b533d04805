"""How a stop of a route is shown, in lists and on the map: its number, its state in shape, sign and word."""

from __future__ import annotations

import dataclasses

import flet as ft

from flet_app.collector import figures
from flet_app.collector.state import Window
from flet_app.collector.views.customer_rows import distance_words
from flet_app.collector.views.today import outcome_label, overdue_words
from flet_app.components.figures import amount
from flet_app.components.handlers import calling
from flet_app.components.status import Tone, tone_color

MARK_HEIGHT = 28


@dataclasses.dataclass(frozen=True, slots=True)
class Mark:
    """The sign of a state; what has yet to come has none and is round, all else is a square with a sign."""

    icon: ft.IconData | None
    tone: Tone
    word: str


MARKS = {
    "pending": Mark(None, Tone.PLAIN, "To visit"),
    "open": Mark(ft.Icons.PLAY_ARROW, Tone.SAVED, "Visit in progress"),
    "done": Mark(ft.Icons.CHECK, Tone.SETTLED, "Visited"),
    "missed": Mark(ft.Icons.CLOSE, Tone.LATE, "Not visited"),
}

ORIGINS = {"own": "added by you", "supervisor": "from the supervisor", "plan": "from the plan"}


def mark_of(app: Window, state: str, number: int | None = None, *, strong: bool = False) -> ft.Control:
    """The number of a stop in the shape of its state; `strong` is the one to go to next."""
    mark = MARKS[state]
    plain = mark.tone is Tone.PLAIN
    color = tone_color(mark.tone, app.palette) if not plain else ft.Colors.PRIMARY
    ink: str = ft.Colors.SURFACE
    if plain and not strong:
        color, ink = ft.Colors.SURFACE_CONTAINER_HIGHEST, ft.Colors.ON_SURFACE
    parts: list[ft.Control] = [ft.Icon(mark.icon, size=15, color=ink)] if mark.icon else []
    if number is not None:
        parts.append(ft.Text(str(number), size=14, weight=ft.FontWeight.W_700, color=ink))
    return ft.Container(
        ft.Row(parts, spacing=1, tight=True, alignment=ft.MainAxisAlignment.CENTER),
        height=MARK_HEIGHT,
        width=(44 if mark.icon else MARK_HEIGHT) + (8 if number and number > 99 else 0),
        border_radius=8 if mark.icon else MARK_HEIGHT / 2,
        border=ft.Border.all(1, ft.Colors.OUTLINE) if plain and not strong else None,
        bgcolor=color,
        alignment=ft.Alignment.CENTER,
    )


def state_words(app: Window, stop: figures.Stop) -> str:
    """`Visitado · Pagó`, `Vencido · 63 días`, and who put the stop there."""
    t = app.texts.t
    if stop.state == "done":
        return t("Visited · {outcome}", outcome=outcome_label(app, stop.outcome))
    if stop.state != "pending":
        return t(MARKS[stop.state].word)
    return overdue_words(app, stop)


def stop_row(app: Window, stop: figures.Stop) -> ft.Control:
    """A stop with its address and distance; its tap opens the customer."""
    state, origin = state_words(app, stop), app.texts.t(ORIGINS.get(stop.origin, stop.origin))
    place = [distance_words(app.texts, stop.metres)] if stop.metres is not None else []
    place += [stop.where] if stop.where else []
    owed = stop.overdue if stop.state != "done" else None
    words = f"{state} · {origin}"
    crowded = bool(owed) and stop.state != "missed"
    second: list[ft.Control] = [
        one_line(state if crowded else words, size=13, color=ft.Colors.ON_SURFACE_VARIANT, expand=True)
    ]
    if crowded:  # beside an amount there is no room for who put the stop there
        place.append(origin)
    if owed:
        second.append(amount(app.texts.money(owed.minor, owed.currency), size=15))
    where = " · ".join(place)
    return ft.Semantics(
        identifier=f"stop-{stop.customer}",
        label=f"{stop.position}. {stop.name}. {words}",
        button=True,
        content=ft.Container(
            ft.Row(
                [
                    ft.Container(
                        mark_of(app, stop.state, stop.position), width=46, alignment=ft.Alignment.CENTER
                    ),
                    ft.Column(
                        [
                            one_line(stop.name, size=15, weight=ft.FontWeight.W_500),
                            ft.Row(second, spacing=8),
                            one_line(where, size=13, color=ft.Colors.ON_SURFACE_VARIANT),
                        ],
                        spacing=0, tight=True, expand=True,
                    ),
                ],
                spacing=8,
            ),
            padding=ft.Padding.only(left=6, right=12, top=10, bottom=10),
            ink=True,
            on_click=calling(app.open, f"cliente/{stop.customer}"),
        ),
    )  # fmt: skip


def one_line(
    text: str,
    *,
    size: int,
    color: str | None = None,
    expand: bool = False,
    weight: ft.FontWeight | None = None,
) -> ft.Text:
    return ft.Text(
        text, size=size, color=color, max_lines=1, overflow=ft.TextOverflow.ELLIPSIS, expand=expand,
        weight=weight,
    )  # fmt: skip
