"""What a plan would change and what came of it: each collector before and after, and every customer."""

from __future__ import annotations

from collections import Counter

import flet as ft

from flet_app.components.figures import caption
from flet_app.components.status import Tone
from flet_app.components.surfaces import card, notice, section
from flet_app.components.tagging import tag
from flet_app.supervisor.planning import Json
from flet_app.supervisor.session import Session
from flet_app.supervisor.views.people import name_of
from flet_app.theme import Palette

SHOWN_MOVES = 200
REASONS = {
    "unknown": "not a customer",
    "unlocated": "without a position",
    "outside": "outside every zone",
    "collector_inactive": "in a zone of somebody who doesn't work",
    "no_room": "nobody has room",
}
FAULTS = {
    "documents_many": ("Many documents for one phone", Tone.WAITING),
    "documents_too_many": ("More documents than a phone holds: share the customers out", Tone.LATE),
}
OUTCOMES = {
    "assigned": ("{count} customer moved", "{count} customers moved"),
    "returned": ("{count} customer is back", "{count} customers are back"),
    "already": ("{count} was there already", "{count} were there already"),
    "changed": (
        "{count} was given to somebody else meanwhile and stays there",
        "{count} were given to somebody else meanwhile and stay there",
    ),
    "inactive": (
        "{count} stays: the collector no longer works",
        "{count} stay: the collector no longer works",
    ),
}


def plan_of(session: Session, plan: Json, colors: Palette) -> list[ft.Control]:
    """The plan before it is carried out."""
    texts = session.texts
    moves = plan["moves"]
    if not moves:
        told = notice(
            texts.t("Nobody would change hands."), colors, tone=Tone.SETTLED, identifier="plan-empty"
        )
        return [told, *_left_out(session, plan)]
    rows: list[ft.Control] = [section(texts.t("Before and after"))]
    rows += [_collector(session, each, plan["currency"], colors) for each in plan["collectors"]]
    rows += _left_out(session, plan)
    rows.append(
        section(texts.n("{count} customer changes hands", "{count} customers change hands", len(moves)))
    )
    rows += [_move(session, move) for move in moves[:SHOWN_MOVES]]
    if len(moves) > SHOWN_MOVES:
        rest = len(moves) - SHOWN_MOVES
        rows.append(caption(texts.n("and {count} more", "and {count} more", rest)))
    return rows


def outcome_of(session: Session, outcome: Json, colors: Palette) -> list[ft.Control]:
    """What came of carrying it out, or of taking it back."""
    texts = session.texts
    moved = {"assigned", "returned", "already"}
    rows: list[ft.Control] = []
    for name, count in sorted(outcome["outcomes"].items()):
        tone = Tone.SETTLED if name in moved else Tone.WAITING
        icon = ft.Icons.CHECK_CIRCLE if name in moved else ft.Icons.INFO_OUTLINE
        told = texts.n(*OUTCOMES[name], count)
        rows.append(notice(told, colors, tone=tone, icon=icon, identifier=f"outcome-{name}"))
    left = texts.t("The phones follow with their next synchronisation.")
    return [*rows, caption(left)]


def _collector(session: Session, each: Json, currency: str, colors: Palette) -> ft.Control:
    texts = session.texts

    def change(name: str, *, money: bool = False) -> str:
        was, will = (
            texts.money(value, currency) if money else texts.number(value)
            for value in (each[name]["before"], each[name]["after"])
        )
        return texts.t("from {before} to {after}", before=was, after=will)

    lines: list[ft.Control] = [
        ft.Text(name_of(session, each["collector"]), size=16, weight=ft.FontWeight.W_600),
        ft.Row(
            [
                _figure(f"{texts.t('Customers')}: {change('customers')}"),
                _figure(f"{texts.t('To collect')}: {change('amount', money=True)}"),
                _figure(f"{texts.t('Documents')}: {change('documents')}"),
            ],
            spacing=24,
            run_spacing=4,
            wrap=True,
        ),
    ]
    if each["fault"]:
        words, tone = FAULTS[each["fault"]]
        lines.append(notice(texts.t(words), colors, tone=tone))
    return tag(f"plan-{each['collector']}", card(ft.Column(lines, spacing=4, tight=True), padding=12))


def _figure(text: str) -> ft.Text:
    """A caption that may stand in a row that wraps, where Flutter draws nothing that says how it expands."""
    return ft.Text(text, size=14, color=ft.Colors.ON_SURFACE_VARIANT)


def _move(session: Session, move: Json) -> ft.Control:
    hands = session.texts.t(
        "from {before} to {after}", before=name_of(session, move["from"]), after=name_of(session, move["to"])
    )
    name = ft.Text(f"{move['name'] or move['customer']} · {move['customer']}", size=15, expand=True)
    return ft.Row([name, caption(hands, size=14)], spacing=12)


def _left_out(session: Session, plan: Json) -> list[ft.Control]:
    if not plan["left_out_count"]:
        return []
    texts = session.texts
    counted = Counter(each["reason"] for each in plan["left_out"])
    reasons = ", ".join(f"{count} {texts.t(REASONS[reason])}" for reason, count in sorted(counted.items()))
    count = texts.n(
        "{count} customer stays as it is", "{count} customers stay as they are", plan["left_out_count"]
    )
    return [tag("plan-left-out", caption(f"{count}: {reasons}", size=14))]
