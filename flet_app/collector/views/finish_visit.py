"""Finalizar: what came of the visit, a comment when the outcome asks for one, when to come back."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import flet as ft

from flet_app.collector.actions.authorship import policy_of
from flet_app.collector.actions.visits import finish_visit, visit_album
from flet_app.collector.portfolio import Json
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import screen, scroll
from flet_app.collector.views.form_parts import at_a_glance, told, use_recording
from flet_app.collector.views.payment_lines import pick_date
from flet_app.collector.views.photo_field import PhotoField
from flet_app.components.figures import caption, line
from flet_app.components.handlers import calling, use_kept
from flet_app.components.inputs import Typed, bottom_bar, choice, choices, field, primary, use_typed
from flet_app.components.signature import Strokes, signature_field
from flet_app.components.status import Tone, tone_color
from flet_app.components.surfaces import card, empty, notice, section
from flet_app.theme import EDGE
from receivables.visits import Outcome, metres_away, outcomes

PROPOSED = ((1, "Tomorrow"), (3, "In 3 days"), (7, "In a week"), (15, "In 15 days"))
HOURS = (9, 11, 15, 17)  # inside every contact window of the countries served


class Given:
    """What a render does not show: the phone's position, once it is known, and the customer's signature."""

    def __init__(self) -> None:
        self.place: Json | None = None
        self.strokes: Strokes = []

    def sign(self, strokes: Strokes) -> None:
        self.strokes = strokes

    def signature(self, name: str) -> Json | None:
        """None where nobody signed."""
        return {"name": name, "strokes": self.strokes} if self.strokes else None


@ft.component
def FinishVisit() -> ft.View:
    app = use_app()
    t = app.texts.t
    code = ft.use_route_params().get("code", "")
    route = ft.use_view_path()
    outcome, set_outcome = ft.use_state("")
    next_at, set_next_at = ft.use_state("")
    comment, attended, away = use_typed(), use_typed(), use_typed()
    given = use_kept(Given)
    portfolio = app.phone.portfolio
    name = portfolio.customer_name(code)
    visit = portfolio.open_visit()
    catalogue = outcomes({"items": portfolio.catalogues.get("outcomes", [])})

    chosen = catalogue.get(outcome)
    met = chosen is not None and chosen.contact

    async def locate() -> None:
        given.place = await app.position()

    ft.use_effect(locate, dependencies=[])

    async def action() -> Any:
        return await finish_visit(
            app.phone,
            outcome=outcome or None,
            comment=comment.value,
            next_visit_at=datetime.fromisoformat(next_at) if next_at else None,
            place=given.place,
            attended_by=attended.value if met else "",
            signature=given.signature(attended.value.strip() or name) if met else None,
            away_reason=away.value,
        )

    def done(_fact: Json) -> None:
        app.page.navigate(app.tab())
        app.say(t("Visit saved: {outcome}", outcome=app.texts.label(catalogue[outcome].label)))

    problems, saving, save = use_recording(action, done)
    if visit is None or visit["customer"] != code:
        body = scroll([empty(ft.Icons.DONE_ALL, t("This visit is already finished."))])
        return screen(app, route=route, title=t("Finish visit"), subtitle=name, body=body)

    rows = collected_here(app, visit)
    rows += outcome_chips(app, catalogue, outcome, set_outcome)
    if told(app, problems, "outcome"):
        rows.append(red(app, told(app, problems, "outcome")))
    minimum = max(1, policy_of(portfolio).comment_min_length)
    needs = chosen is not None and chosen.comment_required
    rows.append(
        field(
            "comment", t("Comment (required)") if needs else t("Comment"), comment,
            error=told(app, problems, "comment"), multiline=True, min_lines=2, max_lines=5,
            capitalization=ft.TextCapitalization.SENTENCES,
            helper=t("At least {count} characters", count=minimum) if needs else None,
        )
    )  # fmt: skip
    required = chosen is not None and chosen.next_visit
    rows.append(section(t("Next visit (required)") if required else t("Next visit")))
    rows += next_visit(app, next_at, set_next_at)
    if told(app, problems, "next_visit_at"):
        rows.append(red(app, told(app, problems, "next_visit_at")))
    rows.append(section(t("Photos (optional)")))
    if metres := metres_away(visit):
        rows += far_away(app, metres, away, told(app, problems, "away_reason"))
    rows.append(PhotoField(visit_album(visit), code, lambda: given.place or visit.get("place")))
    rows += attendance(app, attended, given, told(app, problems, "attended_by"), met=met)
    if told(app, problems, ""):
        rows.append(notice(told(app, problems, "") or "", app.palette, tone=Tone.LATE))
    return screen(
        app, route=route, title=t("Finish visit"), subtitle=name, body=scroll(rows), banner=False,
        bottom=bottom_bar(
            primary("visit-save", t("Save visit"), save, busy=saving), note=at_a_glance(app, problems)
        ),
    )  # fmt: skip


def collected_here(app: Window, visit: Json) -> list[ft.Control]:
    """What the visit brought, where it brought anything."""
    found = [doc for doc in app.phone.portfolio.receipts.values() if doc.get("visit") == visit["_id"]]
    if not found:
        return []
    total = app.texts.money(sum(doc["total"] for doc in found), found[0]["currency"])
    return [card(line(app.texts.t("Collected in this visit"), total, strong=True))]


def far_away(app: Window, metres: int, reason: Typed, problem: str | None) -> list[ft.Control]:
    """A visit far from the customer's point asks why, and is saved without an answer too."""
    t = app.texts.t
    words = t(
        "You began {metres} m from the customer's point. Say why; a photo helps.",
        metres=app.texts.number(metres),
    )
    return [
        notice(words, app.palette, icon=ft.Icons.PLACE_OUTLINED, identifier="away-notice"),
        field("away-reason", t("Why so far (optional)"), reason, error=problem, dense=True),
    ]  # fmt: skip


def attendance(
    app: Window, attended: Typed, given: Given, error: str | None, *, met: bool
) -> list[ft.Control]:
    """Who was met, and the signature of the one or the other."""
    if not met:  # the name is there again when another outcome asks for it; a signature is drawn anew
        attended.show()
        given.sign([])
        return []
    t = app.texts.t
    return [
        section(t("Who attended (optional)")),
        field("attended-by", t("Name of who attended"), attended, error=error, dense=True),
        signature_field(
            "visit-signature", t("Signature"), t("Clear"), app.content_width - 2 * EDGE, given.sign
        ),
    ]  # fmt: skip


def red(app: Window, text: str | None) -> ft.Control:
    return ft.Text(text or "", size=13, color=tone_color(Tone.LATE, app.palette))


def outcome_chips(app: Window, catalogue: dict[str, Outcome], chosen: str, choose: Any) -> list[ft.Control]:
    """Two levels: whether somebody was met, and what came of it."""
    t = app.texts.t
    rows: list[ft.Control] = []
    for title, met in ((t("With contact"), True), (t("Without contact"), False)):
        group = [each for each in catalogue.values() if each.contact is met]
        if not group:
            continue
        rows.append(section(title))
        rows.append(choices([
            choice(
                f"outcome-{each.code}", app.texts.label(each.label), selected=chosen == each.code,
                on_select=calling(choose, each.code),
            )
            for each in group
        ], columns=2))  # fmt: skip
    return rows


def next_visit(app: Window, value: str, choose: Any) -> list[ft.Control]:
    """Days that are proposed, and an hour; an ISO instant in the company's zone, or empty for none."""
    t, zone = app.texts.t, app.phone.zone
    shown = datetime.fromisoformat(value) if value else None
    today = app.phone.today()

    def at(days: int) -> str:
        hour = shown.hour if shown else HOURS[0]
        return datetime.combine(today + timedelta(days=days), time(hour), tzinfo=zone).isoformat()

    def other(_event: Any) -> None:
        pick_date(
            app, shown.date() if shown else today + timedelta(days=1),
            lambda day: choose(at((day - today).days)), first=today, days=120,
        )  # fmt: skip

    days = {(shown.date() - today).days} if shown else set()
    chips = [choice("next-none", t("None"), selected=shown is None, on_select=lambda _event: choose(""))]
    chips += [
        choice(
            f"next-{count}",
            t(label),
            selected=count in days,
            on_select=calling(choose, at(count)),
        )
        for count, label in PROPOSED
    ]
    standard = {count for count, _label in PROPOSED}
    chips.append(
        choice(
            "next-other",
            t("Another date"),
            selected=bool(days - standard),
            icon=ft.Icons.EVENT,
            on_select=other,
        )
    )
    rows: list[ft.Control] = [choices(chips, columns=2)]
    if shown:
        rows.append(choices([
            choice(
                f"next-hour-{hour}", f"{hour:02d}:00", selected=shown.hour == hour,
                on_select=calling(choose, shown.replace(hour=hour).isoformat()),
            )
            for hour in HOURS
        ], columns=2))  # fmt: skip
        rows.append(caption(f"{app.texts.weekday(shown.date())}, {shown:%H:%M}", size=15))
    return rows
