"""One window's part in following the collector: it listens to positions while it should, and no longer."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from flet_app.collector.actions.tracking import note_position, tracking_state, tracking_until, write_trail
from flet_app.collector.positions import PositionStream
from receivables.tracking import Fix, Following

if TYPE_CHECKING:
    from flet_app.collector.state import Window


log = logging.getLogger(__name__)


class Follower:
    def __init__(self, window: Window) -> None:
        self._window = window
        self._stream = PositionStream(self._take, window.phone.now)
        self.lacks_permission = False
        """The collector agreed, and Android does not let this app read positions."""

    async def look(self) -> None:
        """Start, stop or go on listening, as the hours and the collector want it now.

        Android lets nobody start while the app is out of sight; stopping is always possible.
        """
        phone = self._window.phone
        try:
            if phone.store is None or phone.locked or tracking_state(phone) is not Following.ON:
                await self._stop()
            elif self._stream.is_running:
                await write_trail(phone)
            elif self._window.in_sight:
                await self._start()
        except Exception:  # a client that is gone or does not answer; the window looks again in a moment
            log.exception("following has to wait")

    async def _start(self) -> None:
        phone, texts = self._window.phone, self._window.texts
        policy, until = phone.portfolio.tracking, tracking_until(phone, phone.now())
        lacked, self.lacks_permission = self.lacks_permission, not await self._window.position.permitted()
        if policy is None or until is None or self.lacks_permission or self._stream.is_running:
            if lacked != self.lacks_permission:
                self._window.state.revision += 1
            return
        self._stream.start(
            policy,
            title=texts.t("Recaudo records your route"),
            text=texts.t("Until {time}. It stops by itself.", time=texts.clock(until)),
        )
        phone.followed_since = phone.followed_since or phone.now()
        self._window.state.revision += 1

    async def _stop(self) -> None:
        phone = self._window.phone
        if self._stream.is_running:
            self._stream.stop()
            self._window.state.revision += 1
        if phone.followed_since is not None:
            phone.followed_since = None
            if phone.store and not phone.locked:
                await write_trail(phone, whole=True)

    def close(self) -> None:
        """The window is gone, and its positions with it."""
        self._stream.stop()

    async def _take(self, fix: Fix) -> None:
        await note_position(self._window.phone, fix)
