"""A field to sign in with a finger; what was drawn is kept as lines, not as a picture."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import flet as ft
import flet.canvas as cv

from flet_app.components.handlers import use_kept
from flet_app.theme import FIELD_RADIUS

Strokes = list[list[float]]

FIELD_WIDTH = 1000
"""Units across the field, whatever its size on the screen: x and y in turn, y downwards."""

HEIGHT = 150  # dp
DRAW_INTERVAL = 30  # ms between two points of a line that is being drawn
MAX_STROKES, MAX_NUMBERS = 100, 2000


class _Ink:
    """The lines so far; a line that is being drawn is the last one."""

    def __init__(self) -> None:
        self.strokes: Strokes = []


def signature_field(
    identifier: str, label: str, clear: str, width: float, on_change: Callable[[Strokes], Any]
) -> ft.Control:
    """`on_change` gets the lines whenever one is finished or all are wiped off.

    What was drawn stays when rows come and go above it: the key keeps the field the same one.
    """
    return ft.Container(SignatureField(identifier, label, clear, width, on_change), key=identifier)


@ft.component
def SignatureField(
    identifier: str, label: str, clear: str, width: float, on_change: Callable[[Strokes], Any]
) -> ft.Control:
    ink = use_kept(_Ink)
    _turn, set_turn = ft.use_state(0)

    def again() -> None:
        set_turn(lambda before: before + 1)

    def begin(event: Any) -> None:
        if len(ink.strokes) < MAX_STROKES:
            ink.strokes.append([*_point(event, width)])
            again()

    def draw(event: Any) -> None:
        if ink.strokes and len(ink.strokes[-1]) < MAX_NUMBERS:
            ink.strokes[-1] += _point(event, width)
            again()

    def finish(_event: Any) -> None:
        on_change([each for each in ink.strokes if len(each) >= 2])

    def wipe(_event: Any) -> None:
        ink.strokes = []
        on_change([])
        again()

    pen = ft.Paint(
        stroke_width=2.5, style=ft.PaintingStyle.STROKE, stroke_cap=ft.StrokeCap.ROUND,
        stroke_join=ft.StrokeJoin.ROUND, color=ft.Colors.ON_SURFACE,
    )  # fmt: skip
    return ft.Column(
        [
            ft.Row(
                [
                    ft.Text(label, size=14, expand=True, color=ft.Colors.ON_SURFACE_VARIANT),
                    ft.Semantics(
                        identifier=f"{identifier}-clear",
                        content=ft.TextButton(clear, on_click=wipe, disabled=not ink.strokes, height=48),
                    ),
                ]
            ),
            ft.Semantics(
                identifier=identifier,
                label=label,
                content=ft.Container(
                    ft.GestureDetector(
                        content=cv.Canvas(shapes_of(ink.strokes, width, pen), width=width, height=HEIGHT),
                        on_pan_start=begin,
                        on_pan_update=draw,
                        on_pan_end=finish,
                        drag_interval=DRAW_INTERVAL,
                    ),
                    border=ft.Border.all(1, ft.Colors.OUTLINE),
                    bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
                    border_radius=FIELD_RADIUS,
                    width=width,
                    height=HEIGHT,
                    clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
                ),
            ),
        ],
        spacing=4,
        tight=True,
    )


def shapes_of(strokes: Sequence[Sequence[float]], width: float, pen: ft.Paint) -> list[cv.Shape]:
    """The lines as shapes on a canvas `width` dp wide."""
    scale = width / FIELD_WIDTH
    shapes: list[cv.Shape] = []
    for stroke in strokes:
        points = [(stroke[i] * scale, stroke[i + 1] * scale) for i in range(0, len(stroke) - 1, 2)]
        path: list[Any] = [cv.Path.MoveTo(*points[0])]
        path += [cv.Path.LineTo(*point) for point in points[1:] or points]
        shapes.append(cv.Path(path, paint=pen))
    return shapes


def _point(event: Any, width: float) -> tuple[float, float]:
    scale = FIELD_WIDTH / width
    x, y = event.local_position.x * scale, event.local_position.y * scale
    return (round(min(max(x, 0), FIELD_WIDTH), 1), round(min(max(y, 0), FIELD_WIDTH), 1))
