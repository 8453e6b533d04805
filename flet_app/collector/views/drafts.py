"""A half-typed form is kept on the phone while it is typed, and comes back after the app died."""

from __future__ import annotations

import asyncio

from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window

QUIET_SECONDS = 0.4  # after the last letter; a flash memory isn't written for each of them


class Draft:
    """The draft of one form; `name` says which, and for what (a customer, a visit)."""

    def __init__(self, app: Window, name: str) -> None:
        self._app, self._name = app, name
        self._turn = 0

    def read(self) -> Json | None:
        found = self._app.store.drafts.get(self._name)
        return dict(found) if isinstance(found, dict) else None

    def keep(self, form: Json) -> None:
        """Write `form` down once the typing pauses."""
        self._turn += 1
        turn, store = self._turn, self._app.phone.store

        async def later() -> None:
            await asyncio.sleep(QUIET_SECONDS)
            if turn == self._turn and store and store is self._app.phone.store:
                await store.keep_draft(self._name, form)

        self._app.page.run_task(later)

    async def forget(self) -> None:
        """The form was recorded, or the person begins anew."""
        self._turn += 1
        await self._app.store.keep_draft(self._name, None)
