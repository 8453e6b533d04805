"""What one window knows beyond the phone: a revision to render again by, its language, its brightness.

An observable of Flet belongs to one session, so the process-wide phone tells each window, and each window
tells its own components. Views read `use_app()` and nothing else.
"""

from __future__ import annotations

import asyncio
import dataclasses
import sqlite3
from typing import Any

import flet as ft

from flet_app.collector.follower import Follower
from flet_app.collector.phone import Phone
from flet_app.collector.positions import PositionReader
from flet_app.collector.store import Store
from flet_app.components.asking import ask
from flet_app.i18n import DEFAULT_LOCALE, Texts
from flet_app.theme import DEFAULT_SEED, PHONE_WIDTH, Palette, apply_theme, is_dark, palette
from replica.errors import StorageError

DOMAINS = ("collector", "shared")
ABOVE_TABS = ft.Margin.only(left=16, right=16, bottom=84)  # dp; a passing word hides no button
OUT_OF_SIGHT = {ft.AppLifecycleState.HIDE, ft.AppLifecycleState.PAUSE}
IN_SIGHT = {ft.AppLifecycleState.SHOW, ft.AppLifecycleState.RESUME}
TICK = 20  # seconds between two looks at the clock: elapsed visits and "hace 3 minutos"


@ft.observable
@dataclasses.dataclass
class WindowState:
    """Changes make every screen of this window render again."""

    revision: int = 0
    dark: bool = False
    language: str = ""  # empty: the company's


class Window:
    """One browser tab, or the phone's screen: the page, its state and the verbs that screens share."""

    def __init__(self, page: ft.Page, phone: Phone) -> None:
        self.page = page
        self.phone = phone
        self.state = WindowState(dark=is_dark(page))
        self.position = PositionReader(page, self._explain_position)
        self.follower = Follower(self)
        self.services: list[ft.Service] = []
        """Flet lets go of a service that nobody holds."""
        self._unsubscribe = phone.subscribe(self._on_phone_change)
        self._store = phone.store
        self._open = True
        self.in_sight = True
        """False while another app or the dark screen is before this one."""
        self._looked_at = True  # False while the browser is away; what changes then is shown when it returns

    # -- what to show -------------------------------------------------------------------------
    @property
    def texts(self) -> Texts:
        enrolment = self.phone.enrolment
        company = self.phone.portfolio.company
        locale = str(company.get("locale") or (enrolment.locale if enrolment else DEFAULT_LOCALE))
        if self.state.language:
            locale = self.state.language + locale[2:]
        return Texts(locale=locale, timezone=self.phone.zone.key, domains=DOMAINS)

    @property
    def palette(self) -> Palette:
        return palette(dark=self.state.dark)

    @property
    def store(self) -> Store:
        """What the phone holds. Between two collectors a screen that renders shows what it last knew: an
        error in a render would stop every further one of this window.
        """
        self._store = self.phone.store or self._store
        if self._store is None:
            raise RuntimeError("nobody has signed in on this phone")
        return self._store

    @property
    def content_width(self) -> float:
        """How wide a screen's content is; beyond a phone's width it is centred instead of stretched."""
        return min(float(self.page.width or PHONE_WIDTH), PHONE_WIDTH)

    @property
    def side(self) -> float:
        """The empty room at each side of the content."""
        return (float(self.page.width or PHONE_WIDTH) - self.content_width) / 2

    def on_resize(self, _event: Any) -> None:
        self.state.revision += 1

    # -- telling it ---------------------------------------------------------------------------
    def _on_phone_change(self) -> None:
        if self._open and self._looked_at:
            self.page.run_task(self._render)

    def on_disconnect(self, _event: Any) -> None:
        self._looked_at = False

    def on_connect(self, _event: Any) -> None:
        """A client that begins anew is in sight, and says so only when that changes."""
        self._looked_at = True
        self._seen()
        self.page.run_task(self._render)

    def on_touch(self) -> None:
        self.phone.pin.touched()

    def on_lifecycle(self, event: Any) -> None:
        """The app went out of sight or came back; a lock that closed meanwhile is shown in every window."""
        if event.state in OUT_OF_SIGHT:
            self.in_sight = False
            self.phone.pin.hidden()
        elif event.state in IN_SIGHT:
            self._seen()

    def _seen(self) -> None:
        self.in_sight = True
        self.phone.pin.shown()
        if self.phone.pin.closed:
            self.phone.announce()

    async def _render(self) -> None:
        self.dress()
        self.state.revision += 1
        await self.follower.look()

    def dress(self) -> None:
        """Put on the company's colour and the chosen brightness; only a difference reaches the client."""
        store = self.phone.store
        wanted = store.chosen if store else {}
        seed = str(self.phone.portfolio.company.get("seed_color") or DEFAULT_SEED)
        look = (seed, str(wanted.get("theme_mode") or "system"))
        if look != getattr(self, "_look", None):
            self._look = look
            apply_theme(self.page, seed=seed, mode=look[1])
            self.page.update()
        self.state.dark = is_dark(self.page)
        self.state.language = str(wanted.get("language") or "")

    async def keep_time(self) -> None:
        """Render now and then, and lock a phone that lies untouched, until the window closes."""
        while self._open:
            await asyncio.sleep(TICK)
            if self.phone.pin.close_if_idle():
                self.phone.announce()
            elif self._looked_at:
                self.state.revision += 1
            await self.follower.look()

    def close(self) -> None:
        self._open = False
        self._unsubscribe()
        self.follower.close()

    async def _explain_position(self) -> bool:
        """Why Android is about to ask for the position, and whether it may."""
        t = self.texts.t
        return await ask(
            self.page,
            "permission-position",
            icon=ft.Icons.LOCATION_ON_OUTLINED,
            title=t("What your position is used for"),
            reasons=[
                t("Each visit and each receipt notes where it was made, as proof that you were there."),
                t("Only at that moment. The point, how exact it is and the time go to the office with it."),
                t("Without it everything works; the record then says that there was no position."),
            ],
            yes=t("Continue"),
            no=t("Not now"),
        )

    # -- moving -------------------------------------------------------------------------------
    def tab(self) -> str:
        """The tab that the window is in: `/`, `/clientes`, `/cobros` or `/mas`."""
        first = (self.page.route or "/").strip("/").split("/")[0]
        return f"/{first}" if first in {"clientes", "cobros", "mas"} else "/"

    def open(self, path: str) -> None:
        """Go to a screen above the current tab, so that back returns to it."""
        self.page.navigate(f"{self.tab().rstrip('/')}/{path}")

    def say(self, text: str) -> None:
        """A passing word; never the only proof that something was saved."""
        self.page.show_dialog(ft.SnackBar(text, behavior=ft.SnackBarBehavior.FLOATING, margin=ABOVE_TABS))

    def tell_failure(self, reason: BaseException | None) -> None:
        """Something did not work, and why as far as a person can do something about it."""
        t = self.texts.t
        if isinstance(reason, OSError | sqlite3.Error | StorageError):
            self.say(t("It could not be kept on this phone: is there room? Free some and try again."))
        else:
            self.say(t("Something went wrong. Try again."))


WindowContext: Any = ft.create_context(None)


def use_app() -> Window:
    """The window of the component that asks; it renders again when the window's state changes."""
    window: Window = ft.use_context(WindowContext)
    ft.use_state(window.state)
    return window
