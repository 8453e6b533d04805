"""What the forms of the field share: a press records once, a problem stands at its field, invoices tick."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

import flet as ft

from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window
from flet_app.collector.views.due import due_words
from flet_app.collector.views.payment_lines import pick_date
from flet_app.components.figures import amount
from flet_app.components.handlers import calling, use_press
from flet_app.components.inputs import choice, choices
from flet_app.components.status import Tone, tone_color
from flet_app.components.surfaces import notice, stacked
from receivables.invoices import OpenItem
from receivables.messages import sentence
from receivables.validation import Problem

Problems = tuple[Problem, ...]


def use_recording(
    action: Callable[[], Awaitable[Json | list[Problem]]], done: Callable[[Json], Any]
) -> tuple[Problems, bool, Callable[[Any], Awaitable[None]]]:
    """A hook: (problems, is it recording, the handler of the button)."""
    problems, set_problems = ft.use_state(tuple[Problem, ...]())
    recording, set_recording = ft.use_state(False)
    press = use_press()

    async def save(_event: Any) -> None:
        set_recording(True)
        try:
            result = await action()
        finally:
            set_recording(False)
        if isinstance(result, list):
            set_problems(tuple(result))
        else:
            set_problems(())
            done(result)

    return problems, recording, press.once(save)


def leave_saying(app: Window, route: str, words: str) -> None:
    """Back to the screen below the form at `route`, with a passing word about what was recorded."""
    app.page.navigate(route.rsplit("/", 1)[0])
    app.say(words)


def told(app: Window, problems: Problems, field: str) -> str | None:
    """The sentence of the first problem of `field`."""
    found = next((each for each in problems if each.field == field), None)
    return sentence(found, locale=app.texts.locale) if found else None


def below(app: Window, problems: Problems, field: str) -> list[ft.Control]:
    """The same as a line below what is no text field."""
    words = told(app, problems, field)
    color = tone_color(Tone.LATE, app.palette)
    return [ft.Text(words, size=13, color=color)] if words else []


def at_a_glance(app: Window, problems: Problems) -> ft.Control | None:
    """The first problem above the button of a long form: its field may be scrolled away."""
    if not problems:
        return None
    words = ft.Text(
        sentence(problems[0], locale=app.texts.locale), size=14, color=tone_color(Tone.LATE, app.palette)
    )
    return ft.Semantics(identifier="form-first-problem", live_region=True, content=words)


def remaining(app: Window, problems: Problems, shown: Collection[str]) -> list[ft.Control]:
    """Notices of the problems that stand at none of the fields `shown`."""
    return [
        notice(
            sentence(each, locale=app.texts.locale), app.palette, tone=Tone.LATE,
            icon=ft.Icons.ERROR_OUTLINE, identifier="form-problem",
        )
        for each in problems
        if each.field not in shown
    ]  # fmt: skip


def invoice_ticks(
    app: Window,
    items: Iterable[OpenItem],
    chosen: Collection[str],
    toggle: Callable[[str], Any],
    *,
    single: bool = False,
) -> ft.Control:
    """Open invoices to tick; with `single` one of them."""
    on = app.phone.today()
    marks = (
        (ft.Icons.RADIO_BUTTON_CHECKED, ft.Icons.RADIO_BUTTON_UNCHECKED)
        if single
        else (ft.Icons.CHECK_BOX, ft.Icons.CHECK_BOX_OUTLINE_BLANK)
    )

    def row(item: OpenItem) -> ft.Control:
        words, tone = due_words(app, item, on)
        picked = item.invoice in chosen
        return ft.Semantics(
            identifier=f"pick-{item.invoice}",
            button=True,
            checked=picked,
            content=ft.Container(
                ft.Row(
                    [
                        ft.Icon(
                            marks[0] if picked else marks[1], size=24,
                            color=ft.Colors.PRIMARY if picked else ft.Colors.OUTLINE,
                        ),
                        ft.Column(
                            [
                                ft.Text(item.invoice, size=15),
                                ft.Text(words, size=13, color=tone_color(tone, app.palette)),
                            ],
                            spacing=1, tight=True, expand=True,
                        ),
                        amount(app.texts.money(item.open.minor, item.open.currency)),
                    ],
                    spacing=10,
                ),
                padding=ft.Padding.symmetric(horizontal=12, vertical=10),
                ink=True,
                on_click=calling(toggle, item.invoice),
            ),
        )  # fmt: skip

    return stacked([row(item) for item in items])


def day_choice(
    app: Window,
    prefix: str,
    value: date,
    choose: Callable[[date], Any],
    proposed: Sequence[tuple[int, str]],
    *,
    days: int,
    first: date | None = None,
    last: date | None = None,
) -> ft.Control:
    """Chips of days counted from today, and any other date from `first` to `last`, or within `days` of it."""
    t, today = app.texts.t, app.phone.today()
    offset = (value - today).days
    chips = [
        choice(
            f"{prefix}-{count}", t(label), selected=offset == count,
            on_select=calling(choose, today + timedelta(days=count)),
        )
        for count, label in proposed
    ]  # fmt: skip
    other = offset not in {count for count, _label in proposed}
    chips.append(
        choice(
            f"{prefix}-other", app.texts.weekday(value) if other else t("Another date"), selected=other,
            icon=ft.Icons.EVENT,
            on_select=lambda _event: pick_date(app, value, choose, first=first, last=last, days=days),
        )
    )  # fmt: skip
    return choices(chips, columns=2)
