"""What must hold of every screen, read from its tree of controls: names, targets, languages, contrast.

A finding is a sentence; a screen without findings is in order. Sizes are in dp on a phone, where Material
pads its own buttons to 48 dp; what they are given explicitly must not be less.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator
from typing import Any

import flet as ft
from flet.components.public_utils import unwrap_component
from flet.controls.base_control import BaseControl

from tests.support.flet_harness import Screen

TARGET = 48
WIDEST = 360
LINE = 1.43  # of the letters: the height of a line of body text in Material 3
BUTTONS = (
    ft.Button, ft.FilledButton, ft.FilledTonalButton, ft.OutlinedButton, ft.TextButton, ft.IconButton,
    ft.FloatingActionButton, ft.PopupMenuButton,
)  # fmt: skip
FIELDS = (ft.TextField, ft.Dropdown)
PADDED = (*BUTTONS, ft.Checkbox, ft.Switch, ft.Radio, ft.Chip, ft.ListTile, ft.SegmentedButton)

# L* of each role of a Material 3 scheme, light and dark: the tone, which no seed changes, is the luminance.
TONES = {
    ft.Colors.SURFACE: (98, 6), ft.Colors.SURFACE_CONTAINER_LOWEST: (100, 4),
    ft.Colors.SURFACE_CONTAINER_LOW: (96, 10), ft.Colors.SURFACE_CONTAINER: (94, 12),
    ft.Colors.SURFACE_CONTAINER_HIGH: (92, 17), ft.Colors.SURFACE_CONTAINER_HIGHEST: (90, 22),
    ft.Colors.ON_SURFACE: (10, 90), ft.Colors.ON_SURFACE_VARIANT: (30, 80),
    ft.Colors.OUTLINE: (50, 60), ft.Colors.OUTLINE_VARIANT: (80, 30),
    ft.Colors.PRIMARY: (40, 80), ft.Colors.ON_PRIMARY: (100, 20),
    ft.Colors.PRIMARY_CONTAINER: (90, 30), ft.Colors.ON_PRIMARY_CONTAINER: (10, 90),
    ft.Colors.SECONDARY_CONTAINER: (90, 30), ft.Colors.ON_SECONDARY_CONTAINER: (10, 90),
    ft.Colors.ERROR: (40, 80), ft.Colors.ON_ERROR: (100, 20), ft.Colors.ERROR_CONTAINER: (90, 30),
    ft.Colors.ON_ERROR_CONTAINER: (10, 90),
}  # fmt: skip
INVERSE = {ft.SnackBar}  # paints its own words on its own ground

ISO_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
RAW_ID = re.compile(r"\b[a-z]+(_[a-z]+)*:[A-Za-z0-9]|\b[0-9A-HJKMNP-TV-Z]{26}\b")
RAW_CODE = re.compile(r"(?<![\w@.])[a-z]+_[a-z_]+\b")


@dataclasses.dataclass(frozen=True, slots=True)
class Seen:
    """A control with what it stands in, the nearest last."""

    control: BaseControl
    inside: tuple[BaseControl, ...]

    @property
    def tagged(self) -> ft.Semantics | None:
        """The name that it has for tests and screen readers; one name is not shared by two targets."""
        for each in reversed(self.inside):
            if isinstance(each, ft.Semantics) and each.identifier:
                return each
            if is_target(each):
                return None
        return None


def tree(screen: Screen) -> list[Seen]:
    """Every control of the topmost screen and the open dialogs."""
    found: list[Seen] = []

    def visit(thing: Any, inside: tuple[BaseControl, ...]) -> None:
        body = unwrap_component(thing) if isinstance(thing, BaseControl) else thing
        if isinstance(body, list):
            for each in body:
                visit(each, inside)
        elif isinstance(body, BaseControl) and getattr(body, "visible", True):
            found.append(Seen(body, inside))
            for field in dataclasses.fields(body):
                if not field.metadata.get("skip") and not field.name.startswith("_"):
                    visit(getattr(body, field.name, None), (*inside, body))

    views = unwrap_component(screen.page.views)
    visit([unwrap_component(views[-1]), [each for each in screen.page._dialogs.controls if each.open]], ())
    return found


def is_target(control: BaseControl) -> bool:
    """Does a person press, type in or draw on it?"""
    if isinstance(control, ft.Container):
        return control.on_click is not None
    if isinstance(control, ft.GestureDetector):
        return any((control.on_tap, control.on_pan_start, control.on_double_tap, control.on_long_press))
    return isinstance(control, (*PADDED, *FIELDS))


def spoken(control: BaseControl) -> Iterator[str]:
    """Everything that a person reads or hears of one control."""
    for name in ("value", "label", "tooltip", "helper", "hint_text", "error", "title", "content", "text",
                 "suffix", "prefix", "help_text", "semantics_label"):  # fmt: skip
        text = getattr(control, name, None)
        if name == "value" and not isinstance(control, ft.Text):
            continue
        if isinstance(text, str) and text.strip():
            yield text.replace("\u00a0", " ")


def below(seen: Seen, everything: Iterable[Seen]) -> Iterator[BaseControl]:
    yield seen.control
    for each in everything:
        if any(ancestor is seen.control for ancestor in each.inside):
            yield each.control


# -- names and targets ----------------------------------------------------------------------------
def unnamed(found: list[Seen]) -> Iterator[str]:
    """Targets without an identifier, or of which a screen reader says nothing."""
    for seen in found:
        if not is_target(seen.control) or isinstance(seen.control, ft.PopupMenuItem):
            continue
        name = seen.tagged
        words = [text for control in below(seen, found) for text in spoken(control)]
        if name is None:
            yield f"{_what(seen.control)} without an identifier: {words[:2]}"
        elif not words and not name.label:
            yield f"{name.identifier}: a screen reader says nothing of it"


def small(found: list[Seen]) -> Iterator[str]:
    """Targets less than 48 dp high or wide."""
    for seen in found:
        if not is_target(seen.control):
            continue
        name = seen.tagged.identifier if seen.tagged else _what(seen.control)
        height, width = least(seen.control, "height"), least(seen.control, "width")
        if height < TARGET:
            yield f"{name} is {height:.0f} dp high"
        if width < TARGET and not _is_stretched(seen):
            yield f"{name} is {width:.0f} dp wide"


def too_wide(found: list[Seen]) -> Iterator[str]:
    for seen in found:
        width = getattr(seen.control, "width", None)
        if isinstance(width, int | float) and width > WIDEST:
            yield f"{_what(seen.control)} is fixed at {width} dp"


def least(thing: Any, side: str) -> float:
    """The least size that a control has by itself, from its own measures, its padding and its content."""
    control = unwrap_component(thing) if isinstance(thing, BaseControl) else thing
    if isinstance(control, str):
        return _text_size(control, 14, side)
    if not isinstance(control, BaseControl):
        return 0
    given = getattr(control, side, None)
    if isinstance(given, int | float):
        return float(given)
    if isinstance(control, ft.TextField):
        lines = (control.text_size or 16) * 1.5
        own = lines + 24 if control.dense else max(TARGET, lines + 32)
        return own if side == "height" else WIDEST / 2
    if isinstance(control, (*PADDED, ft.Dropdown)):
        return TARGET
    if isinstance(control, ft.Text):
        return _text_size(str(control.value), control.size or 14, side)
    if isinstance(control, ft.Icon):
        return float(control.size or 24)
    inner = [least(each, side) for each in _children(control)]
    along = isinstance(control, ft.Row) == (side == "width")
    if isinstance(control, ft.Row | ft.Column) and along:
        return sum(inner) + (control.spacing or 0) * max(0, len(inner) - 1)
    return max(inner, default=0) + _padding(control, side)


def _children(control: BaseControl) -> list[Any]:
    content = getattr(control, "controls", None) or getattr(control, "content", None)
    return content if isinstance(content, list) else [content]


def _text_size(text: str, size: float, side: str) -> float:
    return size * LINE if side == "height" else len(text) * size * 0.45


def _padding(control: BaseControl, side: str) -> float:
    padding = getattr(control, "padding", None)
    if isinstance(padding, int | float):
        return float(padding) * 2
    if isinstance(padding, ft.Padding):
        both = (padding.top, padding.bottom) if side == "height" else (padding.left, padding.right)
        return float(sum(each or 0 for each in both))
    return 0


def _is_stretched(seen: Seen) -> bool:
    """Does it take the width of a list, or a share of a row that is shared by a few?"""
    child: BaseControl = seen.control
    for parent in reversed(seen.inside):
        if isinstance(parent, ft.Row):
            return bool(getattr(child, "expand", None))
        if isinstance(parent, ft.ListView | ft.View):
            return True
        if isinstance(parent, ft.Column):
            return True
        child = parent
    return True


# -- words ----------------------------------------------------------------------------------------
def raw(found: list[Seen]) -> Iterator[str]:
    """Ids, codes and machine dates where a person reads."""
    for seen in found:
        for text in spoken(seen.control):
            for pattern, what in ((ISO_DATE, "date"), (RAW_ID, "id"), (RAW_CODE, "code")):
                if pattern.search(text):
                    yield f"raw {what}: {text}"


# -- contrast -------------------------------------------------------------------------------------
def pale(found: list[Seen], *, dark: bool) -> Iterator[str]:
    """Words below 4.5:1 against what they stand on, signs below 3:1 (WCAG 1.4.3 and 1.4.11)."""
    for seen in found:
        control = seen.control
        if not isinstance(control, ft.Text | ft.Icon) or any(type(each) in INVERSE for each in seen.inside):
            continue
        ground = _ground(seen)
        ink = control.color or (None if _in_button(seen) else ft.Colors.ON_SURFACE)
        if ink is None or ground is None or "," in str(ink):  # a colour with an opacity only decorates
            continue
        ratio = contrast(luminance(ink, dark=dark), luminance(ground, dark=dark))
        if ratio < (4.5 if isinstance(control, ft.Text) else 3):
            words = control.value if isinstance(control, ft.Text) else _what(control)
            yield f"{ratio:.1f}:1 {ink} on {ground}: {words}"


def _in_button(seen: Seen) -> bool:
    return any(isinstance(each, BUTTONS) for each in seen.inside)


def _ground(seen: Seen) -> Any:
    for each in reversed(seen.inside):
        if isinstance(each, BUTTONS):
            style = getattr(each, "style", None)
            return getattr(style, "bgcolor", None)
        ground = getattr(each, "bgcolor", None)
        if ground and ground != ft.Colors.TRANSPARENT:
            return ground
    return ft.Colors.SURFACE


def luminance(color: Any, *, dark: bool) -> float:
    """Relative luminance of a hex colour, or of a role of the scheme."""
    color = getattr(color, "value", color)
    if color.startswith("#"):
        parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    tone = TONES[ft.Colors(color)][dark]
    return float(((tone + 16) / 116) ** 3 if tone > 8 else tone / 903.3)


def contrast(one: float, other: float) -> float:
    high, low = max(one, other), min(one, other)
    return (high + 0.05) / (low + 0.05)


def _what(control: BaseControl) -> str:
    return type(control).__name__
