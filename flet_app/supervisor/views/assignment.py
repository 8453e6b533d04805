"""Who serves whom: a plan is wished for, looked at, carried out, and taken back if it was a mistake."""

from __future__ import annotations

from functools import partial

import flet as ft

from flet_app.components.figures import caption
from flet_app.components.handlers import calling, use_kept
from flet_app.components.inputs import bottom_bar, choice, field, primary, secondary, segments
from flet_app.components.surfaces import section
from flet_app.supervisor.planning import Json, Planning
from flet_app.supervisor.session import Session, run, use_session
from flet_app.supervisor.views.asking import refusal
from flet_app.supervisor.views.assignment_plan import outcome_of, plan_of
from flet_app.supervisor.views.people import collector_choice, name_of
from flet_app.supervisor.views.zones import zones_of
from flet_app.supervisor.zoning import Zoning
from flet_app.theme import EDGE, Palette, is_dark, palette

MODES = (("balanced", "Even out"), ("zone", "By zone"), ("manual", "By hand"))
EXPLAINED = {
    "balanced": "Customers without a collector get one, and the work is evened out by number, amount and "
    "distance. Nobody is moved without need.",
    "zone": "Each customer goes to whoever serves the zone in which it lies.",
    "manual": "The customers that you choose go to one collector.",
}


@ft.component
def Assignment() -> ft.Control:
    session = use_session()
    planning = use_kept(Planning)
    zoning = use_kept(Zoning)
    ft.use_state(planning)
    ft.use_state(zoning)
    colors = palette(dark=is_dark(ft.context.page))
    rows = refusal(session, planning, colors, identifier="plan-failure")
    if planning.outcome:
        rows += outcome_of(session, planning.outcome, colors)
    elif planning.plan:
        rows += plan_of(session, planning.plan, colors)
    else:
        rows += _wish(session, planning, zoning, colors)
    body = ft.ListView(
        rows, expand=True, spacing=12, padding=ft.Padding.only(left=EDGE, right=EDGE, top=8, bottom=EDGE)
    )
    return ft.Column([body, _actions(session, planning)], expand=True, spacing=0)


def _wish(session: Session, planning: Planning, zoning: Zoning, colors: Palette) -> list[ft.Control]:
    texts = session.texts
    modes = [(f"mode-{mode}", mode, texts.t(words)) for mode, words in MODES]
    rows: list[ft.Control] = [
        segments(modes, selected=planning.mode, on_select=partial(_choose_mode, session, planning, zoning)),
        caption(texts.t(EXPLAINED[planning.mode]), size=14),
    ]
    if planning.mode == "zone":
        rows += zones_of(session, zoning, colors)
    if planning.mode == "manual":
        rows += _by_hand(session, planning)
    return rows


def _choose_mode(session: Session, planning: Planning, zoning: Zoning, mode: str) -> None:
    planning.choose_mode(mode)
    if mode == "zone":
        run(zoning.read, session)


def _by_hand(session: Session, planning: Planning) -> list[ft.Control]:
    texts = session.texts
    listed = {row["code"]: row for row in planning.found}
    kept = [{"code": code, "name": name} for code, name in planning.chosen.items() if code not in listed]
    return [
        section(texts.t("For whom")),
        collector_choice(
            session, "target", selected=planning.target, on_select=partial(setattr, planning, "target")
        ),
        section(texts.n("{count} customer chosen", "{count} customers chosen", len(planning.chosen))),
        field(
            "customer-search",
            texts.t("Search by name or code"),
            value=planning.query,
            on_change=partial(_search, session, planning),
            prefix_icon=ft.Icons.SEARCH,
        ),
        *(_customer(session, planning, row) for row in [*kept, *planning.found]),
    ]


def _search(session: Session, planning: Planning, query: str) -> None:
    run(partial(planning.search, query=query), session)


def _customer(session: Session, planning: Planning, row: Json) -> ft.Control:
    now_with = name_of(session, row["collector"]) if "collector" in row else None
    return choice(
        f"customer-{row['code']}",
        f"{row['name']} · {row['code']}",
        selected=row["code"] in planning.chosen,
        on_select=calling(planning.toggle, row),
        detail=now_with,
    )


def _actions(session: Session, planning: Planning) -> ft.Control:
    texts = session.texts
    if planning.outcome:
        undo = planning.outcome["state"] == "applied"
        back = secondary("plan-undo", texts.t("Undo"), calling(run, planning.take_back, session), expand=1)
        again = primary("plan-again", texts.t("Another plan"), calling(planning.discard), expand=2)
        return bottom_bar(*([back, again] if undo else [again]))
    if planning.plan:
        nothing = not planning.plan["moves"] or planning.plan["refused"]
        return bottom_bar(
            secondary("plan-discard", texts.t("Discard"), calling(planning.discard), expand=1),
            primary(
                "plan-apply",
                texts.n("Move {count} customer", "Move {count} customers", len(planning.plan["moves"])),
                calling(run, planning.carry_out, session),
                disabled=nothing,
                busy=planning.busy,
                expand=2,
            ),
        )
    return bottom_bar(
        primary(
            "plan-show",
            texts.t("Show the plan"),
            calling(run, planning.show, session),
            disabled=not planning.is_complete,
            busy=planning.busy,
        )
    )
