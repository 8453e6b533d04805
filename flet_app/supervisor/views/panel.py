"""The day in figures: collected against the goal, visits, the ERP's answers, what needs a decision."""

from __future__ import annotations

import flet as ft

from flet_app.components.figures import caption, figure, line, progress
from flet_app.components.handlers import calling
from flet_app.components.surfaces import card, empty, section, skeleton, stacked
from flet_app.components.tagging import tag
from flet_app.supervisor.session import Session, use_session
from flet_app.supervisor.state import Json
from flet_app.supervisor.words import METHODS, POSTING_STATES, exception_sentence
from flet_app.theme import EDGE, GAP, TOUCH_TARGET, Palette, is_dark, palette
from receivables.access import Action


@ft.component
def Panel() -> ft.Control:
    session = use_session()
    state = session.state
    if not state.summary:
        return ft.Container(skeleton(3), padding=EDGE)
    colors = palette(dark=is_dark(ft.context.page))
    return ft.ListView(
        [
            ft.ResponsiveRow(
                [
                    ft.Container(_collected(session, colors), col={"xs": 12, "md": 6, "xl": 4}),
                    ft.Container(_visits(session, colors), col={"xs": 12, "md": 6, "xl": 4}),
                    ft.Container(_postings(session, colors), col={"xs": 12, "md": 12, "xl": 4}),
                ],
                spacing=GAP,
                run_spacing=GAP,
            ),
            section(session.texts.t("Collectors"), trailing=_goals_link(session)),
            _collectors(session),
            section(session.texts.t("To decide")),
            _exceptions(session),
        ],
        padding=EDGE,
        spacing=GAP,
        expand=True,
    )


def _collected(session: Session, colors: Palette) -> ft.Control:
    state, texts = session.state, session.texts
    collected, goal = state.summary["collected"], state.summary["goal"]["amount_day"]
    rows: list[ft.Control] = [
        tag(
            "panel-collected",
            figure(texts.t("Collected"), texts.money(collected["total"], state.currency), size=34),
        ),
        progress(
            texts.t("Goal of the day"),
            f"{round(100 * collected['total'] / goal)} %" if goal else "–",
            texts.t("of {amount}", amount=texts.money(goal, state.currency)) if goal else None,
            fraction=collected["total"] / goal if goal else None,
            color=colors.settled,
        ),
    ]
    rows += [
        tag(
            f"panel-method-{method}",
            line(texts.t(METHODS.get(method, method)), texts.money(value, state.currency)),
        )
        for method, value in sorted(collected["by_method"].items(), key=lambda item: -item[1])
    ]
    return card(ft.Column(rows, spacing=10, tight=True))


def _visits(session: Session, colors: Palette) -> ft.Control:
    state, texts = session.state, session.texts
    visits, goal = state.summary["visits"], state.summary["goal"]["visits_day"]
    effective = state.summary["goal"].get("effective_day")
    return card(
        ft.Column(
            [
                tag(
                    "panel-visits",
                    figure(texts.t("Visits finished"), texts.number(visits["finished"]), size=34),
                ),
                progress(
                    texts.t("Goal of the day"),
                    texts.number(visits["finished"]),
                    texts.t("of {amount}", amount=texts.number(goal)) if goal else None,
                    fraction=visits["finished"] / goal if goal else None,
                    color=colors.settled,
                ),
                line(
                    texts.t("Effective"),
                    texts.number(visits["effective"]),
                    note=texts.t("of {amount}", amount=texts.number(effective)) if effective else None,
                ),
                line(texts.t("In progress"), texts.number(visits["started"] - visits["finished"])),
            ],
            spacing=10,
            tight=True,
        )
    )


def _postings(session: Session, colors: Palette) -> ft.Control:
    state, texts = session.state, session.texts
    receipts = state.summary["receipts"]
    rows: list[ft.Control] = [
        tag("panel-receipts", figure(texts.t("Receipts"), texts.number(receipts["count"]), size=34))
    ]
    for name, (words, tone) in POSTING_STATES.items():
        count = receipts.get(name, 0)
        color = getattr(colors, tone) if count else None
        rows.append(tag(f"panel-state-{name}", line(texts.t(words), texts.number(count), color=color)))
    return card(ft.Column(rows, spacing=10, tight=True))


def _goals_link(session: Session) -> ft.Control | None:
    """To where goals are set, for who may."""
    if not session.may(Action.SET_GOALS):
        return None
    go = calling(ft.context.page.navigate, "/configuracion/metas")
    return tag("panel-goals", ft.TextButton(session.texts.t("Goals"), on_click=go, height=TOUCH_TARGET))


def _collectors(session: Session) -> ft.Control:
    if not session.state.collectors:
        return empty(ft.Icons.PEOPLE_OUTLINE, session.texts.t("There are no collectors yet."))
    return stacked([_collector(session, row) for row in session.state.collectors])


def _collector(session: Session, row: Json) -> ft.Control:
    state, texts = session.state, session.texts
    goal = row["goal"]["amount_day"]
    done = row["collected"] / goal if goal else 0.0
    details = " · ".join(
        [
            texts.n("{count} visit", "{count} visits", row["visits"]),
            texts.n("{count} receipt", "{count} receipts", row["receipts"]),
            texts.n("{count} customer", "{count} customers", row["customers"]),
        ]
    )

    def open_receipts() -> None:
        session.choose_collector(row["collector"])
        ft.context.page.navigate("/cobros")

    return tag(
        f"panel-collector-{row['collector']}",
        ft.Container(
            ft.Row(
                [
                    ft.CircleAvatar(ft.Text(row["name"][:1])),
                    ft.Column(
                        [ft.Text(row["name"], size=16, weight=ft.FontWeight.W_600), caption(details)],
                        spacing=2,
                        expand=True,
                        tight=True,
                    ),
                    ft.Column(
                        [
                            ft.Text(
                                texts.money(row["collected"], state.currency),
                                size=17,
                                weight=ft.FontWeight.W_700,
                            ),
                            ft.ProgressBar(value=min(1.0, done), width=120, bar_height=6, border_radius=3),
                        ],
                        spacing=6,
                        tight=True,
                        horizontal_alignment=ft.CrossAxisAlignment.END,
                    ),
                ],
                spacing=GAP,
            ),
            padding=ft.Padding.symmetric(horizontal=16, vertical=12),
            ink=True,
            on_click=open_receipts,
        ),
    )


def _exceptions(session: Session) -> ft.Control:
    texts = session.texts
    if not session.state.exceptions:
        return empty(
            ft.Icons.CHECK_CIRCLE_OUTLINE,
            texts.t("Nothing waits for a decision."),
            identifier="no-exceptions",
        )
    return stacked([_exception(session, row) for row in session.state.exceptions[:50]])


def _exception(session: Session, row: Json) -> ft.Control:
    """One about a receipt leads to where it is decided."""
    receipt = str(row.get("receipt") or "").removeprefix("receipt:").replace(":", "-")
    return tag(
        f"exception-{row['kind']}",
        ft.ListTile(
            leading=ft.Icon(ft.Icons.REPORT_PROBLEM_OUTLINED),
            title=ft.Text(exception_sentence(session.texts, row)),
            subtitle=caption(row.get("detail") or ""),
            trailing=ft.Icon(ft.Icons.CHEVRON_RIGHT) if receipt else None,
            on_click=calling(ft.context.page.navigate, f"/cobros/{receipt}") if receipt else None,
        ),
    )
