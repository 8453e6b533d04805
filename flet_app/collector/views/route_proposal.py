"""The order that the phone proposes for a route, with its times, to be taken or left."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import flet as ft

from flet_app.collector.route_plan import Proposal
from flet_app.collector.state import Window
from flet_app.collector.views.stop_rows import one_line
from flet_app.components.figures import caption
from flet_app.components.status import Tone
from flet_app.components.surfaces import notice, section, stacked
from receivables.routing import Unserved

WHY: dict[Unserved, str] = {
    Unserved.TOO_LATE: "closes before you get there",
    Unserved.NO_ROOM: "does not fit into the day",
    Unserved.NOT_WORTH: "is too far out of the way",
}


def proposed(app: Window, proposal: Proposal, on: date) -> list[ft.Control]:
    """The order with its times, and what is not in it and why."""
    t, portfolio = app.texts.t, app.phone.portfolio
    midnight = datetime.combine(on, datetime.min.time(), app.phone.zone)
    minutes = round(proposal.travel_s / 60)
    rows: list[ft.Control] = [
        caption(t("About {minutes} minutes on the road.", minutes=app.texts.number(minutes)))
    ]
    rows.append(
        stacked([
            ft.Container(
                ft.Row(
                    [
                        ft.Text(
                            app.texts.clock(midnight + timedelta(seconds=leg.starts_s)),
                            size=15, weight=ft.FontWeight.W_600, width=56,
                        ),
                        one_line(portfolio.customer_name(leg.customer), size=15, expand=True),
                    ],
                    spacing=10,
                ),
                padding=ft.Padding.symmetric(horizontal=14, vertical=12),
            )
            for leg in proposal.legs
        ])
    )  # fmt: skip
    if proposal.unserved:
        rows.append(section(t("At the end of the route")))
        rows += [
            notice(
                f"{portfolio.customer_name(customer)}: {t(WHY[why])}", app.palette, tone=Tone.WAITING,
                icon=ft.Icons.SCHEDULE,
            )
            for customer, why in proposal.unserved
        ]  # fmt: skip
    return rows
