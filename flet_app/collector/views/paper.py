"""A paper as it will leave the phone: looked at first, then shared or saved."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import flet as ft

from flet_app.collector.actions.handing_over import document_of, letter_of, note_handed_over
from flet_app.collector.actions.letters import Letter, copies_made
from flet_app.collector.actions.paper import copies_of
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import screen
from flet_app.collector.views.handing_over import give_file, shares
from flet_app.collector.views.today import outcome_label
from flet_app.components.handlers import calling, use_press
from flet_app.components.inputs import bottom_bar, primary, secondary
from flet_app.components.surfaces import empty
from flet_app.theme import EDGE, GAP
from paperwork.on_screen import png_of
from paperwork.recording import Page, watch

LARGER = 2.2
"""From a page as wide as the phone to letters that can be read at arm's length."""

TITLES = {
    "receipt": "Receipt",
    "customer": "Statement of account",
    "invoice": "RIDE",
    "withholding": "RIDE",
    "visit": "Record of visit",
    "deposit": "Deposit",
    "cash_close": "Cash close",
}


@dataclass(frozen=True, slots=True)
class Looked:
    """The paper of document `of` and its pages as pictures; no letter where none can be made."""

    of: str
    letter: Letter | None
    pages: tuple[tuple[Page, bytes], ...] = ()


@ft.component
def PaperView() -> ft.View:
    app = use_app()
    t = app.texts.t
    of = unquote(ft.use_route_params().get("of", ""))
    route = ft.use_view_path()
    unseen: Looked | None = None
    looked, set_looked = ft.use_state(unseen)
    larger, set_larger = ft.use_state(False)
    busy, set_busy = ft.use_state(False)
    press = use_press()

    async def look() -> None:
        outcome = outcome_label(app, (document_of(app.phone.portfolio, of) or {}).get("outcome"))
        make = letter_of(app.phone, of, outcome=outcome, language=app.texts.language)
        set_looked(await asyncio.to_thread(look_at, of, make))

    # what is shown is what is given: after a copy was handed over, the next one says so
    ft.use_effect(look, dependencies=[of, copies(app, of), app.texts.language])

    @press.once
    async def hand_over(_event: Any) -> None:
        if looked is None or looked.of != of or looked.letter is None:
            return
        set_busy(True)
        try:
            if await give_file(app, looked.letter.name, looked.letter.content):
                await note_handed_over(app.phone, of, means="share" if shares(app) else "save")
        finally:
            set_busy(False)

    title = t(TITLES.get(of.partition(":")[0], "Paper"))
    if looked is None or looked.of != of:
        ring = ft.Container(ft.ProgressRing(), alignment=ft.Alignment.CENTER)
        return screen(app, route=route, title=title, banner=False, body=ring)
    if looked.letter is None:
        text = t("This paper cannot be made from what is on this phone.")
        nothing = empty(ft.Icons.DESCRIPTION_OUTLINED, text, identifier="paper-impossible")
        return screen(app, route=route, title=title, banner=False, body=nothing)
    hand = t("Share") if shares(app) else t("Save PDF")
    icon = ft.Icons.IOS_SHARE if shares(app) else ft.Icons.DOWNLOAD
    size_words = t("Whole page") if larger else t("Larger")
    size_icon = ft.Icons.ZOOM_OUT if larger else ft.Icons.ZOOM_IN
    return screen(
        app, route=route, title=title, subtitle=looked.letter.name, banner=False,
        body=pages_of(app, looked, larger=larger),
        bottom=bottom_bar(
            secondary("paper-size", size_words, calling(set_larger, not larger), icon=size_icon, expand=4),
            primary("paper-share", hand, hand_over, icon=icon, busy=busy, expand=5),
        ),
    )  # fmt: skip


def look_at(of: str, make: Callable[[], Letter | None]) -> Looked:
    """Make the paper and draw its pages; takes some tenths of a second, beside the screen."""
    letter, pages = watch(make)
    return Looked(of, letter, tuple((page, png_of(page)) for page in pages))


def copies(app: Window, of: str) -> int:
    receipt = app.phone.portfolio.receipts.get(of)
    return copies_of(app.phone.portfolio, receipt) if receipt else copies_made(app.phone, of)


def pages_of(app: Window, looked: Looked, *, larger: bool) -> ft.Control:
    """The pages below each other on a desk's grey, beside the edge where they are larger than the screen."""
    width = (app.content_width - 2 * EDGE) * (LARGER if larger else 1)
    shown: list[ft.Control] = [
        ft.Semantics(
            identifier=f"paper-page-{number}",
            label=page.text,
            image=True,
            content=ft.Container(
                ft.Image(
                    src=picture, width=width, height=width * page.height / page.width,
                    exclude_from_semantics=True, gapless_playback=True,
                ),
                bgcolor=ft.Colors.WHITE,
                shadow=ft.BoxShadow(blur_radius=4, color=ft.Colors.with_opacity(0.25, ft.Colors.BLACK)),
            ),
        )
        for number, (page, picture) in enumerate(looked.pages, start=1)
    ]  # fmt: skip
    column = ft.Column(shown, spacing=GAP)
    body: ft.Control = ft.Row([column], scroll=ft.ScrollMode.AUTO) if larger else column
    return ft.Container(
        ft.ListView([body], padding=EDGE, expand=True), bgcolor=ft.Colors.SURFACE_CONTAINER_HIGH
    )
