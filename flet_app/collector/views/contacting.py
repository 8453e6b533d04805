"""Visiting, calling and writing to a customer: asked of the rules first, then done and recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import flet as ft

from flet_app.collector.actions.contacts import record_answer, record_attempt
from flet_app.collector.actions.visits import start_visit
from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window
from flet_app.collector.views.contact_gate import Intention, gate, intend
from flet_app.components.handlers import calling, use_kept, use_maybe, use_press
from receivables.compliance import Channel
from receivables.messages import sentence

POSITION_SECONDS = 8.0  # a cold GPS takes longer; a customer at the counter doesn't wait for it


@dataclass(frozen=True, slots=True)
class Contacting:
    """What the controls of the screen call. `locating` while a visit waits for its position."""

    locating: bool
    start: Callable[[Any], Awaitable[None]]
    without_place: Callable[[Any], None]
    ask: Callable[[Intention], None]
    call: Callable[[Channel, str | None], Awaitable[None]]
    answered: Callable[[Json], Awaitable[None]]


def use_contacting(app: Window, code: str) -> Contacting:
    """A hook: the ways of contacting `code`, with the sheet that the rules put before them."""
    locating, set_locating = ft.use_state(False)
    wanted, set_wanted = use_maybe(Intention)
    skip, press = use_kept(asyncio.Event), use_press()

    async def start_now(exception: str | None) -> None:
        set_wanted(None)
        set_locating(True)
        skip.clear()
        try:
            place = await _place_or_none(app, skip)
            result = await start_visit(app.phone, code, place=place, exception=exception)
        finally:
            set_locating(False)
        if isinstance(result, list) and not _is_open_at(app, code):
            app.say(sentence(result[0], locale=app.texts.locale))

    @press.once
    async def start(_event: Any) -> None:
        intention = intend(app, code, Channel.VISIT)
        if intention.decision.findings:
            set_wanted(intention)
        else:
            await start_now(None)

    async def call_now(channel: Channel, exception: str | None) -> None:
        set_wanted(None)
        await record_attempt(app.phone, code, channel, exception=exception)

    @press.once
    async def go_on(exception: str | None) -> None:
        if wanted is not None and wanted.channel is Channel.VISIT:
            await start_now(exception)
        elif wanted is not None:
            await call_now(wanted.channel, exception)

    @press.once
    async def answered(attempt: Json) -> None:
        await record_answer(app.phone, attempt)

    def without_place(_event: Any) -> None:
        skip.set()

    back = calling(set_wanted, None)
    ft.use_dialog(gate(app, code, wanted, on_go=go_on, on_back=back) if wanted else None)
    return Contacting(locating, start, without_place, set_wanted, press.once(call_now), answered)


def _is_open_at(app: Window, code: str) -> bool:
    """Another window, or an earlier press, has just begun this very visit."""
    visit = app.phone.portfolio.open_visit()
    return visit is not None and visit["customer"] == code


async def _place_or_none(app: Window, skip: asyncio.Event) -> Json | None:
    """The phone's position, or None when it takes too long, isn't allowed, or the collector doesn't wait."""
    if not await app.position.allowed():  # however long somebody reads what Android asks
        return None
    position = asyncio.ensure_future(app.position())
    waiting = asyncio.ensure_future(skip.wait())
    await asyncio.wait({position, waiting}, timeout=POSITION_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if not position.done():
        position.cancel()
        return None
    place: Json | None = position.result()
    return place
