"""The route at work: what is recorded of it, why, until when, and the collector's say in it."""

from __future__ import annotations

from typing import Any

import flet as ft

from flet_app.collector.actions.tracking import (
    answer_tracking,
    end_the_day,
    take_up_the_day,
    tracking_state,
    tracking_until,
)
from flet_app.collector.notices import allow_notices
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import screen, scroll
from flet_app.components.figures import caption
from flet_app.components.inputs import bottom_bar, primary, secondary
from flet_app.components.status import Status, Tone, status_pill
from flet_app.components.surfaces import card, empty, notice, section
from receivables.tracking import Answer, Following, TrackingPolicy

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@ft.component
def TrackingScreen() -> ft.View:
    app = use_app()
    policy, state = app.phone.portfolio.tracking, tracking_state(app.phone)
    if policy is None or state is Following.OFF:
        body: ft.Control = empty(
            ft.Icons.LOCATION_OFF_OUTLINED, app.texts.t("Your company does not record your route.")
        )
        bottom = None
    else:
        body = scroll([standing(app, state), *problems(app, state), *explained(app, policy)])
        bottom = actions(app, state)
    return screen(
        app, route=ft.use_view_path(), title=app.texts.t("Your route at work"), body=body, bottom=bottom
    )


def standing(app: Window, state: Following) -> ft.Control:
    """In a sign and a few words whether anything is recorded now."""
    t, clock, phone = app.texts.t, app.texts.clock, app.phone
    until, tone, icon = tracking_until(phone, phone.now()), Tone.PLAIN, ft.Icons.LOCATION_OFF_OUTLINED
    if state is Following.ON and phone.followed_since and until:
        tone, icon = Tone.SAVED, ft.Icons.SHARE_LOCATION
        since = clock(phone.followed_since)
        text = t("Recording since {since}, until {until}", since=since, until=clock(until))
    elif state is Following.UNTOLD:
        tone, icon, text = Tone.WAITING, ft.Icons.HELP_OUTLINE, t("Nothing is recorded until you agree")
    elif state is Following.ENDED:
        text = t("Not recording: you ended your day")
    elif state is Following.OUTSIDE:
        text = t("Not recording: outside of working hours")
    else:
        text = t("Not recording")
    status = Status(tone=tone, icon=icon, text=text)
    return ft.Row([status_pill(status, app.palette, identifier="tracking-state")])


def problems(app: Window, state: Following) -> list[ft.Control]:
    """What of Android keeps it from working, and the way there."""
    if state is not Following.ON or not app.follower.lacks_permission:
        return []

    async def open_settings(_event: Any) -> None:
        await app.position.open_settings()

    return [
        notice(
            app.texts.t("Android does not let Recaudo read your position. Allow it while the app is in use."),
            app.palette,
            icon=ft.Icons.LOCATION_DISABLED,
            action=app.texts.t("Settings"),
            on_action=open_settings,
            identifier="tracking-denied",
        )
    ]


def explained(app: Window, policy: TrackingPolicy) -> list[ft.Control]:
    """Why, when, what, who and how long: in the words of this company's own settings."""
    t = app.texts.t
    when = t(
        "Only {days}, from {start} to {end}, never on holidays. It stops by itself at that hour, "
        "when you close your cash and when you end your day.",
        days=days_of(app, policy),
        start=f"{policy.opens:%H:%M}",
        end=f"{policy.closes:%H:%M}",
    )
    what = t(
        "The place, how exact it is and the time, whenever you have moved {metres} m or so. No calls, no "
        "messages, nothing of other apps.",
        metres=app.texts.number(policy.metres),
    )
    who = t(
        "Your supervisor, on a map. The office deletes it after {count} days.",
        count=app.texts.number(policy.retention_days),
    )
    why = t("So that the office knows who is near a customer and can help if something happens to you.")
    seen = t("Android shows a notice the whole time. You can end your day here whenever you like.")
    parts = (
        (t("Why it is recorded"), why),
        (t("When"), when),
        (t("What is recorded"), what),
        (t("Who sees it, and how long"), who),
        (t("While it is on"), seen),
    )
    rows: list[ft.Control] = []
    for title, text in parts:
        rows += [section(title), card(ft.Text(text, size=15), padding=12)]
    return [*rows, caption(t("If you do not agree, everything else works the same."))]


def days_of(app: Window, policy: TrackingPolicy) -> str:
    """`Monday, Tuesday …`, or from one to another where they follow each other."""
    days = sorted(policy.days)
    names = [app.texts.t(DAYS[day - 1]) for day in days]
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return app.texts.t("{first} to {last}", first=names[0], last=names[-1])
    return ", ".join(names)


def actions(app: Window, state: Following) -> ft.Control:
    t, phone = app.texts.t, app.phone

    async def agree(_event: Any) -> None:
        await app.position.request()
        await allow_notices(app.page)
        await answer_tracking(phone, Answer.AGREED)

    async def later(_event: Any) -> None:
        await answer_tracking(phone, Answer.LATER)

    async def end(_event: Any) -> None:
        await end_the_day(phone)

    async def go_on(_event: Any) -> None:
        await take_up_the_day(phone)

    agreeing = primary("tracking-agree", t("Record in working hours"), agree, expand=True)
    match state:
        case Following.UNTOLD:
            return bottom_bar(secondary("tracking-later", t("Not now"), later), agreeing)
        case Following.DECLINED:
            return bottom_bar(agreeing)
        case Following.ENDED:
            return bottom_bar(primary("tracking-resume", t("Go on recording today"), go_on, expand=True))
        case Following.ON:
            return bottom_bar(
                secondary("tracking-later", t("Do not record any more"), later, expand=True),
                primary("tracking-end", t("End my day"), end, expand=True),
            )
        case _:
            return bottom_bar(secondary("tracking-later", t("Do not record any more"), later, expand=True))
