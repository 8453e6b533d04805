"""*Empresa*: the name, the colour and the logo, seen in the app and on paper before they are saved."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import flet as ft

from flet_app.components.company_mark import company_mark
from flet_app.components.figures import caption
from flet_app.components.handlers import calling, use_kept
from flet_app.components.inputs import field, primary, secondary
from flet_app.components.status import Tone
from flet_app.components.surfaces import card, notice, section, skeleton
from flet_app.supervisor.company_look import CompanyLook
from flet_app.supervisor.sample_paper import sample_paper
from flet_app.supervisor.session import Session, run, use_session
from flet_app.supervisor.views.asking import refusal
from flet_app.theme import EDGE, GAP, TOUCH_TARGET, Palette, is_dark, material_theme, palette
from paperwork.logo import read_logo
from receivables.brand import LONGEST_NAME

COLORS = (
    ("#006A60", "Teal"),
    ("#0B57A4", "Blue"),
    ("#7A1FA2", "Purple"),
    ("#B3261E", "Red"),
    ("#8A5100", "Brown"),
    ("#3A5F0B", "Green"),
    ("#37474F", "Grey"),
)
PAPER_WIDTH = 420  # dp; an A5 page whose smallest print can be made out
SETTLED_SECONDS = 0.3
"""A paper is drawn again when nothing was typed for so long."""


@ft.component
def CompanyScreen() -> ft.Control:
    session, look = use_session(), use_kept(CompanyLook)
    ft.use_state(look)
    nothing: bytes | None = None
    paper, set_paper = ft.use_state(nothing)
    ft.use_effect(partial(run, look.read, session), dependencies=[])

    async def print_again() -> None:
        draft = look.draft
        await asyncio.sleep(SETTLED_SECONDS if paper else 0)
        if look.saved is not None and draft == look.draft:
            set_paper(await asyncio.to_thread(printed, session, look))

    ft.use_effect(print_again, dependencies=[look.name, look.logo, look.saved is None])
    colors = palette(dark=is_dark(ft.context.page))
    again = calling(run, look.read, session)
    failed = refusal(
        session, look, colors, identifier="look-failure", again=again if look.saved is None else None
    )
    if look.saved is None:
        return ft.ListView([*failed, *([] if look.failure else [skeleton(4)])], padding=EDGE, expand=True)
    form = ft.Column([*failed, *_form(session, look, colors)], spacing=GAP)
    seen = ft.Column(_preview(session, look, paper), spacing=GAP)
    halves: list[ft.Control] = [
        ft.Container(form, col={"xs": 12, "lg": 6}), ft.Container(seen, col={"xs": 12, "lg": 6})
    ]  # fmt: skip
    return ft.ListView([ft.ResponsiveRow(halves, spacing=24, run_spacing=GAP)], padding=EDGE, expand=True)


def _form(session: Session, look: CompanyLook, colors: Palette) -> list[ft.Control]:
    t = session.texts.t
    told = t("Write the name, in up to {count} letters", count=LONGEST_NAME)
    name_fault = None if look.name_is_possible else told
    color_fault = None if look.color_is_possible else t("Six digits after #, such as #0B6E4F")
    rows: list[ft.Control] = [
        field(
            "look-name", t("Name, as everybody sees it"), value=look.name,
            on_change=partial(setattr, look, "name"), error=name_fault,
        ),
        section(t("Colour")),
        ft.Row([_swatch(session, look, *each) for each in COLORS], wrap=True, spacing=8, run_spacing=8),
        field(
            "look-color", t("Another colour"), value=look.seed_color,
            on_change=partial(setattr, look, "seed_color"), error=color_fault, width=220,
        ),
        section(t("Logo")),
        caption(t("PNG or JPEG of up to 2 MB. Wide logos on a white or clear ground look best.")),
        ft.Row(_logo_actions(session, look), wrap=True, spacing=10),
        _actions(session, look),
    ]  # fmt: skip
    if look.before is not None and not look.is_changed:
        told = t("Saved. The phones show it when they next synchronise.")
        icon = ft.Icons.CHECK_CIRCLE
        rows.append(notice(told, colors, tone=Tone.SETTLED, icon=icon, identifier="look-saved"))
    return rows


def _actions(session: Session, look: CompanyLook) -> ft.Control:
    """Saving, and the way back: from a draft to what stands, or from what was saved to what stood before."""
    t = session.texts.t
    possible = look.is_changed and look.name_is_possible and look.color_is_possible
    if look.before is not None and not look.is_changed:
        undo = calling(run, partial(look.undo, state=session.state), session)
        back = secondary("look-undo", t("Undo"), undo, icon=ft.Icons.UNDO, disabled=look.busy)
    else:
        back = secondary("look-discard", t("Discard"), calling(look.discard), disabled=not look.is_changed)
    save = calling(run, partial(look.save, state=session.state), session)
    return ft.Row(
        [back, primary("look-save", t("Save"), save, disabled=not possible, busy=look.busy)], spacing=10
    )


def _logo_actions(session: Session, look: CompanyLook) -> list[ft.Control]:
    t = session.texts.t

    async def pick(_event: Any) -> None:
        files = await ft.FilePicker().pick_files(
            file_type=ft.FilePickerFileType.CUSTOM, allowed_extensions=["png", "jpg", "jpeg"], with_data=True
        )
        if files:
            content = bytes(files[0].bytes or b"")
            look.take(await asyncio.to_thread(read_logo, content), locale=session.state.locale)

    rows = [secondary("logo-pick", t("Choose a logo"), pick, icon=ft.Icons.UPLOAD_FILE)]
    if look.logo is not None:
        drop = secondary("logo-drop", t("Without a logo"), calling(look.drop_logo), icon=ft.Icons.CLOSE)
        rows.append(drop)
    return rows


def _swatch(session: Session, look: CompanyLook, color: str, name: str) -> ft.Control:
    chosen = look.seed_color.upper() == color
    return ft.Semantics(
        identifier=f"look-color-{color.removeprefix('#')}",
        label=session.texts.t(name),
        button=True,
        selected=chosen,
        content=ft.Container(
            ft.Icon(ft.Icons.CHECK, color=ft.Colors.WHITE) if chosen else None,
            width=TOUCH_TARGET,
            height=TOUCH_TARGET,
            bgcolor=color,
            border_radius=TOUCH_TARGET / 2,
            alignment=ft.Alignment.CENTER,
            on_click=calling(partial(setattr, look, "seed_color"), color),
        ),
    )


def _preview(session: Session, look: CompanyLook, paper: bytes | None) -> list[ft.Control]:
    """The bar of the collector's app in the drafted colour, and a receipt."""
    t = session.texts.t
    name = ft.Text(look.name, size=18, weight=ft.FontWeight.W_600, expand=True, max_lines=1)
    bar: list[ft.Control] = [name]
    if look.logo is not None:
        bar.insert(0, company_mark("look-logo", look.logo, look.name))
    seed = look.seed_color if look.color_is_possible else (look.saved or look.draft).seed_color
    app = ft.Container(
        ft.Column(
            [ft.Row(bar, spacing=GAP), ft.FilledButton(t("Charge"), height=TOUCH_TARGET)],
            spacing=GAP,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        ),
        theme=material_theme(seed),
        theme_mode=ft.ThemeMode.LIGHT,  # without a mode Flet leaves the theme to the page's
        bgcolor=ft.Colors.SURFACE,
        border=ft.Border.all(1, ft.Colors.OUTLINE_VARIANT),
        border_radius=16,
        padding=GAP,
        width=PAPER_WIDTH,
    )
    rows: list[ft.Control] = [section(t("In the collectors' app")), app, section(t("On paper"))]
    if paper is not None:
        sheet = ft.Image(src=paper, width=PAPER_WIDTH, gapless_playback=True, exclude_from_semantics=True)
        label = t("A receipt with the name {name}", name=look.name)
        held = card(sheet, padding=8)
        rows.append(ft.Semantics(identifier="look-paper", label=label, image=True, content=held))
    return rows


def printed(session: Session, look: CompanyLook) -> bytes:
    state, t = session.state, session.texts.t
    return sample_paper(
        name=look.name or " ",
        logo=look.logo,
        currency=state.currency,
        locale=state.locale,
        timezone=state.timezone,
        words=(t("Customer"), t("Collector")),
    )
