"""How both apps look: Material 3 from one seed colour, and the few colours that only ever mean a status.

Status colours are not part of a Material scheme, so they are chosen here, once for light and once for dark,
each with a contrast of at least 4.5:1 on its surface (WCAG 2.2, 1.4.3): collectors read in the sun.
"""

from __future__ import annotations

import dataclasses

import flet as ft

DEFAULT_SEED = "#006A60"  # the house's teal; a company may set its own `seed_color`

TOUCH_TARGET = 48  # dp; the smallest thing a thumb hits without looking (Material accessibility)
PRIMARY_HEIGHT = 56  # dp; the one action at the bottom of a phone screen
PHONE_WIDTH = 600  # dp; above it a screen is centred instead of stretched
RADIUS = 16  # of what is pressed and of cards
FIELD_RADIUS = 12  # of what is typed in, and of chips
GAP = 12
EDGE = 16

GROUND, PAPER = "#F2F5F4", "#FFFFFF"
"""A light screen and its cards, whatever the seed: the sun leaves no difference between two pale greens."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """The colours of a status: `settled`, `waiting`, `late`, `saved`, each with a quiet background."""

    settled: str
    settled_soft: str
    waiting: str
    waiting_soft: str
    late: str
    late_soft: str
    saved: str
    saved_soft: str


LIGHT = Palette(
    settled="#14693A", settled_soft="#DDF3E3",
    waiting="#7A4A00", waiting_soft="#FFECCF",
    late="#B3261E", late_soft="#FCE4E1",
    saved="#0B57A4", saved_soft="#DFEBFA",
)  # fmt: skip

DARK = Palette(
    settled="#86DDA3", settled_soft="#12361F",
    waiting="#FFBE6B", waiting_soft="#3F2A08",
    late="#FFB4AB", late_soft="#4A1512",
    saved="#A8C8FF", saved_soft="#10305A",
)  # fmt: skip


def palette(*, dark: bool) -> Palette:
    return DARK if dark else LIGHT


def material_theme(seed: str = DEFAULT_SEED, *, animated: bool = True, dark: bool = False) -> ft.Theme:
    """Material derives light and dark from the seed; the ground and the cards of a light screen are ours."""
    transition = ft.PageTransitionTheme.FADE_UPWARDS if animated else ft.PageTransitionTheme.NONE
    rounded = ft.RoundedRectangleBorder(radius=RADIUS)
    ground = ft.Colors.SURFACE if dark else GROUND  # a bar would take the seed's own surface
    quiet = ft.ButtonStyle(shape=rounded, text_style=ft.TextStyle(size=14, weight=ft.FontWeight.W_500))
    outlined = ft.ButtonStyle(shape=rounded, text_style=ft.TextStyle(size=15, weight=ft.FontWeight.W_500))
    return ft.Theme(
        color_scheme_seed=seed,
        color_scheme=None if dark else ft.ColorScheme(surface=GROUND, surface_container_low=PAPER),
        scaffold_bgcolor=ground,
        text_theme=ft.TextTheme(
            body_medium=ft.TextStyle(size=14, height=1.43, letter_spacing=0, color=ft.Colors.ON_SURFACE),
            body_small=ft.TextStyle(
                size=12, height=1.33, letter_spacing=0, color=ft.Colors.ON_SURFACE_VARIANT
            ),
            body_large=ft.TextStyle(size=16, height=1.5, letter_spacing=0, color=ft.Colors.ON_SURFACE),
        ),
        page_transitions=ft.PageTransitionsTheme(
            android=transition, linux=transition, ios=transition, macos=transition, windows=transition
        ),
        appbar_theme=ft.AppBarTheme(
            bgcolor=ground,
            elevation=0,
            elevation_on_scroll=0,
            center_title=False,
            title_text_style=ft.TextStyle(size=18, weight=ft.FontWeight.W_600, color=ft.Colors.ON_SURFACE),
        ),
        card_theme=ft.CardTheme(elevation=0, shape=rounded, margin=0),
        # A browser on a desk would draw everything for a mouse; fingers use this app there too.
        visual_density=ft.VisualDensity.STANDARD,
        icon_button_theme=ft.IconButtonTheme(style=ft.ButtonStyle(padding=12)),
        navigation_bar_theme=ft.NavigationBarTheme(height=68, elevation=0),
        filled_button_theme=ft.FilledButtonTheme(
            style=ft.ButtonStyle(shape=rounded, text_style=ft.TextStyle(size=16, weight=ft.FontWeight.W_600))
        ),
        outlined_button_theme=ft.OutlinedButtonTheme(style=outlined),
        text_button_theme=ft.TextButtonTheme(style=quiet),
        divider_theme=ft.DividerTheme(space=1, thickness=1, color=ft.Colors.OUTLINE_VARIANT),
    )


def apply_theme(page: ft.Page, *, seed: str = DEFAULT_SEED, mode: str = "system") -> None:
    """Dress `page`. `mode` is `system`, `light` or `dark`."""
    page.theme_animation_style = ft.AnimationStyle.no_animation()
    page.theme = material_theme(seed)
    page.dark_theme = material_theme(seed, dark=True)
    page.theme_mode = ft.ThemeMode(mode)


def is_dark(page: ft.Page) -> bool:
    if page.theme_mode in {ft.ThemeMode.DARK, ft.ThemeMode.LIGHT}:
        return page.theme_mode == ft.ThemeMode.DARK
    return page.platform_brightness == ft.Brightness.DARK
