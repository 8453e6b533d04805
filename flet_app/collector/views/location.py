"""Ubicación: proposes where the phone is as the customer's point, with its evidence."""

from __future__ import annotations

from typing import Any

import flet as ft

from flet_app.collector.actions.claims import reference_album, update_location
from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.form_parts import (
    at_a_glance,
    below,
    leave_saying,
    remaining,
    told,
    use_recording,
)
from flet_app.collector.views.photo_field import PhotoField
from flet_app.components.figures import caption, line
from flet_app.components.handlers import use_kept
from flet_app.components.inputs import bottom_bar, field, primary, secondary, use_typed
from flet_app.components.surfaces import card, notice, section
from receivables.visits import distance_to_customer_m

FIELDS = frozenset({"reason", "reference", "place"})


class Fix:
    """The phone's position, once it is known."""

    place: Json | None = None
    asked = False


@ft.component
def LocationEntry() -> ft.View:
    app = use_app()
    t = app.texts.t
    code = ft.use_route_params().get("code", "")
    route = ft.use_view_path()
    fix = use_kept(Fix)
    looking, set_looking = ft.use_state(True)
    reason, reference = use_typed(), use_typed()

    async def locate() -> None:
        set_looking(True)
        fix.place = await app.position()
        fix.asked = True
        set_looking(False)

    async def again(_event: Any) -> None:
        await locate()

    ft.use_effect(locate, dependencies=[])

    async def action() -> Any:
        return await update_location(
            app.phone, code, place=fix.place, reason=reason.value, reference=reference.value
        )

    def done(_fact: Json) -> None:
        leave_saying(app, route, t("New position sent to the office"))

    problems, saving, save = use_recording(action, done)
    rows: list[ft.Control] = [
        *position_card(app, code, fix, looking=looking),
        *below(app, problems, "place"),
        field(
            "location-reference", t("How to find it"), reference, error=told(app, problems, "reference"),
            multiline=True, max_lines=3, capitalization=ft.TextCapitalization.SENTENCES,
            helper=t("For example: blue door, opposite the park"),
        ),
        field(
            "location-reason", t("Why the point changes"), reason, error=told(app, problems, "reason"),
            multiline=True, max_lines=3, capitalization=ft.TextCapitalization.SENTENCES,
        ),
        section(t("Photo of the door (optional)")),
        PhotoField(
            reference_album(code), code, lambda: fix.place, helper=t("Whoever comes next sees it here.")
        ),
        *remaining(app, problems, FIELDS),
    ]  # fmt: skip
    return screen(
        app, route=route, title=t("New position"), subtitle=app.phone.portfolio.customer_name(code),
        body=scroll(rows),
        bottom=bottom_bar(
            secondary("location-again", t("Measure again"), again, disabled=looking, expand=2),
            primary("location-save", t("I am here"), save, busy=saving or looking, expand=3),
            note=at_a_glance(app, problems),
        ),
    )  # fmt: skip


def position_card(app: Window, code: str, fix: Fix, *, looking: bool) -> list[ft.Control]:
    """Where the phone is, how exactly, and how far from the point that the office has."""
    t = app.texts.t
    if looking:
        return [card(ft.Row([ft.ProgressRing(width=20, height=20), ft.Text(t("Finding your position…"))]))]
    if fix.place is None:
        return [notice(t("No position yet. Step outside and measure again."), app.palette)]
    place = fix.place
    known = (app.phone.portfolio.customers.get(code) or {}).get("location")
    moved = distance_to_customer_m(place, known)
    rows: list[ft.Control] = [
        line(t("Error of the position"), f"{app.texts.number(round(float(place['accuracy'] or 0)))} m"),
        line(
            t("From the point on record"),
            t("none yet") if moved is None else f"{app.texts.number(moved)} m",
        ),
        caption(f"{place['lat']:.5f}, {place['lon']:.5f}"),
    ]
    return [card(ft.Column(rows, spacing=8, tight=True))]
