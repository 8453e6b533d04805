"""What a thumb presses and types in: 48 dp or more, the primary action at the bottom, errors at the field."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import flet as ft

from flet_app.components.handlers import calling, use_kept
from flet_app.components.tagging import tag
from flet_app.theme import EDGE, FIELD_RADIUS, PRIMARY_HEIGHT, RADIUS, TOUCH_TARGET

Handler = Callable[[Any], Any]

CHIP_PADDING = 14  # dp above and below one line of words: a touch target that still grows with larger letters


class Typed:
    """What stands in a text field. The field owns its text while a person types; `set` is for the app.

    Sending every keystroke back to the client would fight with fast fingers, so a render leaves the text
    alone (`value=None` in Flet) unless the app changed it.
    """

    def __init__(self, value: str) -> None:
        self.value = value
        self._changed = bool(value)

    def set(self, value: str) -> None:
        """Replace the text; the next render shows it."""
        self.value = value
        self._changed = True

    def show(self) -> None:
        """Write the text again at the next render: the field that held it was taken off the screen."""
        self._changed = True

    def for_render(self) -> str | None:
        changed, self._changed = self._changed, False
        return self.value if changed else None


def use_typed(initial: str = "") -> Typed:
    """A hook: the text of one field, kept between renders."""
    return use_kept(lambda: Typed(initial))


def _nothing(_event: Any) -> None:
    """What a busy button does: it stays in its full colour, so that its words can be read in the sun."""


def primary(
    identifier: str,
    text: str,
    on_click: Handler | None,
    *,
    icon: ft.IconData | None = None,
    disabled: bool = False,
    busy: bool = False,
    expand: bool | int | None = None,
) -> ft.Control:
    """The one action of a screen. While `busy` it says so and takes no second press."""
    waiting = (
        ft.ProgressRing(width=20, height=20, stroke_width=2.5, color=ft.Colors.ON_PRIMARY) if busy else None
    )
    content: ft.Control = words_of_button(text, size=16, weight=ft.FontWeight.W_600)
    if waiting:
        content = ft.Row([waiting, content], spacing=10, tight=True)
    return tag(
        identifier,
        ft.FilledButton(
            content,
            icon=None if busy else icon,
            on_click=_nothing if busy else on_click,
            disabled=disabled,
            height=PRIMARY_HEIGHT,
            style=ft.ButtonStyle(
                shape=ft.RoundedRectangleBorder(radius=RADIUS), padding=ft.Padding.symmetric(horizontal=12)
            ),
        ),
        expand=expand,
    )


def words_of_button(text: str, *, size: int, weight: ft.FontWeight = ft.FontWeight.W_500) -> ft.Text:
    """Two lines at most, closely set: larger letters and large amounts are not cut off."""
    return ft.Text(
        text, style=ft.TextStyle(size=size, weight=weight, height=1.2, letter_spacing=0), max_lines=2,
        text_align=ft.TextAlign.CENTER, overflow=ft.TextOverflow.ELLIPSIS,
    )  # fmt: skip


def secondary(
    identifier: str,
    text: str,
    on_click: Handler | None,
    *,
    icon: ft.IconData | None = None,
    disabled: bool = False,
    expand: bool | int | None = None,
    action: Any = None,
    height: int = PRIMARY_HEIGHT,
) -> ft.Control:
    """An action beside the primary one."""
    return tag(
        identifier,
        ft.OutlinedButton(
            words_of_button(text, size=14),
            icon=icon,
            on_click=on_click,
            disabled=disabled,
            height=height,
            action=action,
            style=ft.ButtonStyle(
                shape=ft.RoundedRectangleBorder(radius=RADIUS), padding=ft.Padding.symmetric(horizontal=8)
            ),
        ),
        expand=expand,
    )


def icon_action(
    identifier: str,
    icon: ft.IconData,
    words: str,
    on_click: Handler | None,
    *,
    disabled: bool = False,
    hint: bool = False,
) -> ft.Control:
    """An action that is only a sign, 48 dp square; `words` are what a screen reader says of it.

    A tooltip alone would not do: Flutter speaks it with whatever surrounds the button. `hint` shows one to
    the pointer of a desk.
    """
    button = ft.IconButton(
        ft.Icon(icon, semantics_label=words), on_click=on_click, disabled=disabled,
        width=TOUCH_TARGET, height=TOUCH_TARGET, tooltip=words if hint else None,
    )  # fmt: skip
    return ft.Semantics(identifier=identifier, content=button, container=True)


def bottom_bar(*actions: ft.Control, note: ft.Control | None = None) -> ft.Control:
    """The actions of a screen, where the thumb is; a form never scrolls them away."""
    rows: list[ft.Control] = [note] if note else []
    if len(actions) == 1:
        rows.append(actions[0])
    elif actions:
        rows.append(ft.Row(list(actions), spacing=10))
    return ft.Container(
        ft.SafeArea(
            ft.Column(rows, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
            avoid_intrusions_top=False,
        ),
        padding=ft.Padding.only(left=EDGE, right=EDGE, top=10, bottom=12),
        bgcolor=ft.Colors.SURFACE,
        border=ft.Border.only(top=ft.BorderSide(1, ft.Colors.OUTLINE_VARIANT)),
    )


def field(
    identifier: str,
    label: str | None,
    typed: Typed | None = None,
    *,
    value: str | None = None,
    on_change: Callable[[str], Any] | None = None,
    error: str | None = None,
    helper: str | None = None,
    **options: Any,
) -> ft.Control:
    """A text field, either `typed` or with a `value` that the screen holds in its state.

    What was typed stays when there is an error, which stands right below it. Its key keeps the field the same
    one when rows come and go above it; otherwise the client would build it anew, and empty.
    """

    def changed(event: Any) -> Any:
        text = event.control.value or ""
        if typed:
            typed.value = text
        return on_change(text) if on_change else None

    tagged = tag(
        identifier,
        ft.TextField(
            label=label,
            value=typed.for_render() if typed else value,  # type: ignore[arg-type]  # None leaves the client's text alone
            error=error,
            error_max_lines=3,
            helper=helper,
            helper_max_lines=2,
            border=ft.OutlineInputBorder(
                side=ft.BorderSide(1, ft.Colors.OUTLINE), border_radius=FIELD_RADIUS
            ),
            filled=True,
            fill_color=ft.Colors.SURFACE_CONTAINER_LOW,
            on_change=changed,
            **options,
        ),
        expand=options.get("expand"),
    )
    tagged.key = identifier
    return tagged


def search_field(
    identifier: str,
    words: str,
    typed: Typed,
    on_change: Callable[[str], Any],
    *,
    clear: ft.Control | None = None,
) -> ft.Control:
    """A field that finds rows; `words` say what may be typed. It is as high empty as filled."""
    return field(
        identifier, None, typed, on_change=on_change, hint_text=words, hint_max_lines=1, dense=True,
        prefix_icon=ft.Icons.SEARCH, suffix_icon=clear,
    )  # fmt: skip


def amount_field(
    identifier: str,
    label: str,
    typed: Typed,
    *,
    on_change: Callable[[str], Any] | None = None,
    symbol: str = "$",
    error: str | None = None,
    helper: str | None = None,
    size: int = 20,
    **options: Any,
) -> ft.Control:
    """A field for money: large digits to the right, the numeric keyboard, only figures and a decimal sign."""
    return field(
        identifier,
        label,
        typed,
        on_change=on_change,
        error=error,
        helper=helper,
        keyboard_type=ft.KeyboardType.NUMBER,
        input_filter=ft.InputFilter(r"^[0-9.,]*$"),
        prefix=symbol,
        text_align=ft.TextAlign.RIGHT,
        text_size=size,
        **options,
    )


def choice(
    identifier: str,
    text: str,
    *,
    selected: bool,
    on_select: Handler | None,
    icon: ft.IconData | None = None,
    detail: str | None = None,
    upright: bool = False,
) -> ft.Control:
    """One of several large chips; the chosen one also carries a check mark.

    `upright` sets the sign above the word, for chips that are three beside each other.
    """
    ink = ft.Colors.ON_SECONDARY_CONTAINER if selected else ft.Colors.ON_SURFACE
    sign = ft.Icons.CHECK if selected else icon
    words: list[ft.Control] = [ft.Text(text, size=15, color=ink, weight=ft.FontWeight.W_500)]
    if detail:
        words.append(ft.Text(detail, size=12, color=ft.Colors.ON_SURFACE_VARIANT))
    parts: list[ft.Control] = [ft.Icon(sign, size=18, color=ink)] if sign else []
    if upright:
        name = ft.Text(
            text,
            size=13,
            color=ink,
            weight=ft.FontWeight.W_500,
            max_lines=1,
            text_align=ft.TextAlign.CENTER,
            overflow=ft.TextOverflow.ELLIPSIS,
        )
        body: ft.Control = ft.Column(
            [*parts, name], spacing=4, tight=True, horizontal_alignment=ft.CrossAxisAlignment.CENTER
        )
    else:
        parts.append(ft.Column(words, spacing=0, tight=True, expand=True, expand_loose=True))
        body = ft.Row(parts, spacing=8, tight=True, vertical_alignment=ft.CrossAxisAlignment.CENTER)
    return ft.Semantics(
        identifier=identifier,
        button=True,
        selected=selected,
        content=ft.Container(
            body,
            bgcolor=ft.Colors.SECONDARY_CONTAINER if selected else ft.Colors.SURFACE_CONTAINER_LOW,
            alignment=ft.Alignment.CENTER if upright else None,
            border=ft.Border.all(1, ft.Colors.SECONDARY_CONTAINER if selected else ft.Colors.OUTLINE),
            border_radius=FIELD_RADIUS,
            padding=ft.Padding.symmetric(
                horizontal=6 if upright else 14, vertical=10 if detail or upright else CHIP_PADDING
            ),
            ink=True,
            on_click=on_select,
        ),
    )


def choices(chips: Sequence[ft.Control], *, columns: int = 0) -> ft.Control:
    """Chips one after the other; with `columns` of one width, in a grid that the eye runs down."""
    if not columns:
        return ft.Row(list(chips), wrap=True, spacing=8, run_spacing=8)
    rows: list[ft.Control] = []
    for start in range(0, len(chips), columns):
        part = list(chips[start : start + columns])
        for each in part:
            each.expand = True
        part += [ft.Container(expand=True) for _ in range(columns - len(part))]
        rows.append(
            ft.Row(
                part, spacing=8, intrinsic_height=True, vertical_alignment=ft.CrossAxisAlignment.STRETCH
            )
        )  # fmt: skip
    return ft.Column(rows, spacing=8, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def segments(
    options: Sequence[tuple[str, str, str]], *, selected: str, on_select: Callable[[str], Any]
) -> ft.Control:
    """Two or three exclusive ways, `(identifier, value, text)`, of equal width."""

    def part(identifier: str, value: str, text: str) -> ft.Control:
        chosen = value == selected
        return ft.Semantics(
            identifier=identifier,
            button=True,
            selected=chosen,
            expand=True,
            content=ft.Container(
                ft.Text(
                    text, size=14, weight=ft.FontWeight.W_600 if chosen else None,
                    text_align=ft.TextAlign.CENTER,
                    color=ft.Colors.ON_SECONDARY_CONTAINER if chosen else ft.Colors.ON_SURFACE_VARIANT,
                ),
                bgcolor=ft.Colors.SECONDARY_CONTAINER if chosen else None,
                border_radius=10,
                alignment=ft.Alignment.CENTER,
                height=TOUCH_TARGET,
                ink=True,
                on_click=calling(on_select, value),
            ),
        )  # fmt: skip

    return ft.Container(
        ft.Row([part(*option) for option in options], spacing=2),
        bgcolor=ft.Colors.SURFACE_CONTAINER,
        border_radius=12,
        padding=2,
    )
