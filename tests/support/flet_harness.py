"""Screens without a client: a real Flet session and page over a connection that answers from a script.

The patches are really computed and msgpack-encoded, so a property that can't travel fails here. It leans on
internals of Flet 1.0.5; the pin in requirements.txt and this file move together.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import inspect
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, tzinfo
from typing import Any, Self

import flet as ft
import msgpack
from flet.components.public_utils import unwrap_component
from flet.controls.base_control import BaseControl
from flet.controls.context import _context_page
from flet.messaging.connection import Connection
from flet.messaging.protocol import (
    Message,
    MessageAction,
    RegisterClientResponseBody,
    configure_encode_object_for_msgpack,
)
from flet.messaging.session import Session
from flet.pubsub.pubsub_hub import PubSubHub

from flet_app.components import failures

PHONE = {"width": 360, "height": 800, "platform": "android", "web": True}


class ScriptedConnection(Connection):
    """Takes what the app sends; answers calls of services (GPS, files) from `answers`."""

    def __init__(self, answers: dict[str, Any] | None = None) -> None:
        super().__init__()
        self.loop = asyncio.get_running_loop()
        self.executor = ThreadPoolExecutor(1)
        self.pubsubhub = PubSubHub()
        self.page_url = "http://phone"
        self.answers = answers or {}
        self.errors: list[str] = []
        self.crashed = False
        self.calls: list[tuple[str, Any]] = []
        self.session: Session | None = None

    def send_message(self, message: Message) -> None:
        encode = configure_encode_object_for_msgpack(BaseControl)
        msgpack.packb([message.action, message.body], default=encode)
        if message.action == MessageAction.SESSION_CRASHED:
            self.errors.append(message.body.message)
            self.crashed = True
        if message.action == MessageAction.INVOKE_METHOD:
            body = message.body
            self.calls.append((body.name, body.args))
            answer = self.answers.get(body.name)
            assert self.session is not None
            self.loop.call_soon(
                self.session.handle_invoke_method_results, body.control_id, body.call_id, answer, None
            )

    def dispose(self) -> None:
        self.executor.shutdown(wait=False)


class Faults(logging.Handler):
    """What the app's shield kept from the window fails a test all the same."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._errors = errors

    def emit(self, record: logging.LogRecord) -> None:
        self._errors.append(self.format(record))


class Touch:
    """A finger at a place of a control, as far as the app asks for it."""

    def __init__(self, x: float, y: float) -> None:
        self.local_position = ft.Offset(x, y)


class Screen:
    """`async with Screen(main) as screen:`, then look with `texts` and `by_id`, press with `tap`."""

    def __init__(
        self,
        main: Callable[[ft.Page], Any],
        *,
        route: str = "/",
        answers: dict[str, Any] | None = None,
        **props: Any,
    ) -> None:
        self._main, self._route, self._answers = main, route, answers
        self._props = {**PHONE, **props}
        self._faulty = False

    async def __aenter__(self) -> Self:
        self.connection = ScriptedConnection(self._answers)
        self.session = self.connection.session = Session(self.connection)
        self._faults = Faults(self.connection.errors)
        logging.getLogger(failures.__name__).addHandler(self._faults)
        self.page = self.session.page
        _context_page.set(self.page)
        self.session.apply_page_patch({"route": self._route, **self._props})
        self.connection.send_message(
            Message(
                MessageAction.REGISTER_CLIENT,
                RegisterClientResponseBody(
                    session_id=self.session.id, page_patch=self.session.get_page_patch(), error=""
                ),
            )
        )
        started = self._main(self.page)
        if inspect.isawaitable(started):
            await started
        self._overhear_failures()
        await self.settle()
        return self

    def _overhear_failures(self) -> None:
        """An app that tells of its failures and goes on has failed all the same."""
        tell = self.session.error

        def noted(message: str) -> None:
            self.connection.errors.append(message)
            tell(message)

        self.session.error = noted  # type: ignore[method-assign]

    async def __aexit__(self, *_: object) -> None:
        logging.getLogger(failures.__name__).removeHandler(self._faults)
        self.session.close()
        await asyncio.sleep(0)
        self.connection.dispose()

    async def settle(self, seconds: float = 0.05) -> None:
        """Let handlers, threads and renders come to rest; fail on an error inside the app."""
        for _ in range(5):
            await asyncio.sleep(seconds / 5)
        assert self._faulty or not self.connection.errors, self.connection.errors[-1]
        renders: asyncio.Task[None] | None = self.session._Session__updates_task  # type: ignore[attr-defined]
        if renders and renders.done() and not renders.cancelled() and renders.exception():
            raise AssertionError("a screen could not be drawn") from renders.exception()

    @property
    def failures(self) -> list[str]:
        """What went wrong inside the app; a test that does not expect it fails with the next `settle`."""
        return self.connection.errors

    @property
    def has_crashed(self) -> bool:
        """Did Flet put its own page in the place of the app?"""
        return self.connection.crashed

    def forgive(self) -> None:
        """The failures so far were what the test is about."""
        self.connection.errors.clear()

    async def until(self, condition: Callable[[], Any], what: str, *, seconds: float = 5.0) -> None:
        """Wait for what a thread does; fail naming `what` after `seconds`."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not condition():
            assert asyncio.get_running_loop().time() < deadline, f"still not: {what}; texts={self.texts()}"
            await self.settle()

    @contextlib.contextmanager
    def faulty(self) -> Iterator[list[str]]:
        """What goes wrong inside the app in here fails no test: it is meant to, and stands in the list."""
        self._faulty = True
        try:
            yield self.connection.errors
        finally:
            self._faulty = False
            self.connection.errors.clear()

    # -- looking ------------------------------------------------------------------------------
    def walk(self) -> Iterator[BaseControl]:
        """The controls of the topmost screen and of the open dialogs."""
        seen: set[int] = set()

        def inside(thing: Any) -> Iterator[BaseControl]:
            body = unwrap_component(thing) if isinstance(thing, BaseControl) else thing
            if isinstance(body, list):
                for each in body:
                    yield from inside(each)
            elif isinstance(body, BaseControl) and id(body) not in seen:
                seen.add(id(body))
                yield body
                for field in dataclasses.fields(body):
                    if not field.metadata.get("skip") and not field.name.startswith("_"):
                        yield from inside(getattr(body, field.name, None))

        views = unwrap_component(self.page.views)
        open_dialogs = [each for each in self.page._dialogs.controls if each.open]
        yield from inside([unwrap_component(views[-1]), open_dialogs])

    def texts(self) -> list[str]:
        return [
            str(control.value).replace("\u00a0", " ")
            for control in self.walk()
            if isinstance(control, ft.Text)
        ]

    def says(self, part: str) -> bool:
        """Is `part` written anywhere, in a text or below a field?"""
        errors = [
            str(control.error).replace("\u00a0", " ")
            for control in self.walk()
            if isinstance(control, ft.TextField) and control.error
        ]
        return any(part in text for text in [*self.texts(), *errors])

    def announces(self, part: str) -> bool:
        """Does a passing word at the bottom of the screen contain `part`?"""
        said = (str(control.content) for control in self.walk() if isinstance(control, ft.SnackBar))
        return any(part in text.replace("\u00a0", " ") for text in said)

    def has(self, identifier: str) -> bool:
        return any(getattr(control, "identifier", None) == identifier for control in self.walk())

    def by_id(self, identifier: str) -> ft.Semantics:
        for control in self.walk():
            if isinstance(control, ft.Semantics) and control.identifier == identifier:
                return control
        raise AssertionError(f"nothing is called {identifier}; texts={self.texts()}")

    def field(self, identifier: str) -> ft.TextField:
        content = self.by_id(identifier).content
        assert isinstance(content, ft.TextField)
        return content

    def calendar(self, zone: tzinfo) -> tuple[date, date]:
        """The first and the last day that the open calendar offers."""
        picker = self._calendar()
        first, last = picker.first_date, picker.last_date
        assert isinstance(first, datetime)
        assert isinstance(last, datetime)
        return first.astimezone(zone).date(), last.astimezone(zone).date()

    def _calendar(self) -> ft.DatePicker:
        return next(control for control in self.walk() if isinstance(control, ft.DatePicker))

    # -- doing --------------------------------------------------------------------------------
    async def fire(self, control: BaseControl, event: str, data: Any = None) -> None:
        await self.session.dispatch_event(control._i, event, data)
        await self.settle()

    async def tap(self, identifier: str) -> None:
        content = self.by_id(identifier).content
        assert content is not None
        assert not getattr(content, "disabled", False), f"{identifier} is disabled"
        await self.fire(content, "click")

    async def hammer(self, identifier: str, times: int = 3) -> None:
        """Press as often as a hasty thumb does before anything has changed on the screen."""
        content = self.by_id(identifier).content
        assert content is not None
        await asyncio.gather(*(self.session.dispatch_event(content._i, "click", None) for _ in range(times)))
        await self.settle()

    async def type(self, identifier: str, text: str) -> None:
        content = self.by_id(identifier).content
        assert content is not None
        self.session.apply_patch(content._i, {"value": text})
        await self.fire(content, "change", text)

    async def choose(self, identifier: str, key: str) -> None:
        """Pick the option `key` of a drop-down."""
        content = self.by_id(identifier).content
        assert isinstance(content, ft.Dropdown)
        assert key in {option.key for option in content.options}, f"{identifier} does not offer {key}"
        self.session.apply_patch(content._i, {"value": key})
        await self.fire(content, "select", key)

    async def pick(self, day: date, zone: tzinfo) -> None:
        """Choose `day` in the open calendar; the client answers with an instant."""
        picker = self._calendar()
        self.session.apply_patch(picker._i, {"value": datetime.combine(day, time(12), tzinfo=zone)})
        await self.fire(picker, "change")
        await self.fire(picker, "dismiss")

    async def draw(self, identifier: str) -> None:
        """Sign in a signature field: one line across it, as a finger would draw it."""
        frame: Any = self.by_id(identifier).content
        pad = frame.content
        pad.on_pan_start(Touch(10, 20))
        pad.on_pan_update(Touch(120, 60))
        pad.on_pan_end(Touch(120, 60))
        await self.settle()

    async def go(self, route: str) -> None:
        """What the client sends after the app asked it to navigate, or after a person typed an address."""
        self.session.apply_page_patch({"route": route})
        await self.fire(self.page, "route_change", {"route": route})
