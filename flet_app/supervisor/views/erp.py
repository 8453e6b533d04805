"""The ERP: does it answer, what waits, what it refused and how to send that again, and what differs."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import flet as ft

from flet_app.components.figures import caption, line
from flet_app.components.status import Tone, status_line
from flet_app.components.surfaces import beside, card, empty, notice, section, skeleton, stacked
from flet_app.components.tagging import tag
from flet_app.supervisor.api import ApiProblem
from flet_app.supervisor.session import Session, use_session
from flet_app.supervisor.state import Json
from flet_app.supervisor.words import ERP_KINDS, posting_status
from flet_app.theme import EDGE, GAP, Palette, is_dark, palette

NARROW = 600
"""dp below which a receipt's amount and button stand under its words."""


@ft.component
def Erp() -> ft.Control:
    session = use_session()
    if not session.state.erp:
        return ft.Container(skeleton(3), padding=EDGE)
    texts, colors = session.texts, palette(dark=is_dark(ft.context.page))
    return ft.ListView(
        [
            *_failing(session, colors),
            ft.ResponsiveRow(
                [
                    ft.Container(_incoming(session), col={"xs": 12, "md": 6}),
                    ft.Container(_outgoing(session, colors), col={"xs": 12, "md": 6}),
                ],
                spacing=GAP,
                run_spacing=GAP,
            ),
            section(texts.t("Rejected by the ERP")),
            _rejected(session, colors),
            section(texts.t("Comparison with the ERP")),
            _comparison(session, colors),
        ],
        padding=EDGE,
        spacing=GAP,
        expand=True,
    )


def _at(session: Session, instant: str) -> str:
    moment = datetime.fromisoformat(instant).astimezone(ZoneInfo(session.state.timezone))
    return f"{session.texts.weekday(moment.date())} {session.texts.clock(moment)}"


def _failing(session: Session, colors: Palette) -> list[ft.Control]:
    texts = session.texts
    return [
        notice(
            texts.t(
                "The ERP has not answered since {time}: {reason}. Nothing is lost; receipts wait in order.",
                time=_at(session, failing["since"]),
                reason=failing["reason"],
            ),
            colors,
            tone=Tone.LATE,
            icon=ft.Icons.CLOUD_OFF,
            identifier=f"erp-failing-{direction}",
        )
        for direction, failing in sorted(session.state.erp["failing"].items())
    ]


def _incoming(session: Session) -> ft.Control:
    texts = session.texts
    rows: list[ft.Control] = [ft.Text(texts.t("From the ERP"), weight=ft.FontWeight.W_600)]
    for kind in session.state.erp["kinds"]:
        name = texts.t(ERP_KINDS.get(kind["kind"], kind["kind"]))
        read = _at(session, kind["imported_at"]) if kind["imported_at"] else "–"
        rows.append(tag(f"erp-kind-{kind['kind']}", line(name, read)))
        if kind["unreadable_count"]:
            first = kind["unreadable"][0]
            rows.append(
                caption(
                    texts.n(
                        "{count} record is unreadable", "{count} unreadable records", kind["unreadable_count"]
                    )
                    + f": {first['key']} ({first['reason']})"
                )
            )
    return card(ft.Column(rows, spacing=10, tight=True))


def _outgoing(session: Session, colors: Palette) -> ft.Control:
    texts, waiting = session.texts, session.state.erp["waiting"]
    rows: list[ft.Control] = [ft.Text(texts.t("To the ERP"), weight=ft.FontWeight.W_600)]
    for state, words, color in (
        ("sending", "Being posted", colors.waiting),
        ("retry", "Will be retried", colors.waiting),
        ("rejected", "Rejected", colors.late),
    ):
        count = waiting[state]
        row = line(texts.t(words), texts.number(count), color=color if count else None)
        rows.append(tag(f"erp-waiting-{state}", row))
    return card(ft.Column(rows, spacing=10, tight=True))


def _rejected(session: Session, colors: Palette) -> ft.Control:
    receipts = session.state.erp["rejected"]
    if not receipts:
        return empty(ft.Icons.CHECK_CIRCLE_OUTLINE, session.texts.t("The ERP has refused nothing."))
    return stacked([_refusal(session, receipt, colors) for receipt in receipts])


def _refusal(session: Session, receipt: Json, colors: Palette) -> ft.Control:
    texts = session.texts
    if receipt["reversal_reason"]:
        shown = {"state": "rejected", "reason": receipt["reversal_reason"]}
    else:
        shown = receipt

    async def again() -> None:
        await send_again(session, receipt["number"])

    again_button = tag(
        f"erp-send-again-{receipt['number']}",
        ft.OutlinedButton(texts.t("Send again"), icon=ft.Icons.REPLAY, on_click=again),
    )
    words = [
        ft.Text(
            f"{receipt['customer_name'] or receipt['customer']} · {receipt['number']}",
            size=16,
            weight=ft.FontWeight.W_600,
        ),
        status_line(posting_status(texts, shown), colors),
        caption(texts.t("Put it right in the ERP, then send the receipt again.")),
    ]
    total = ft.Text(texts.money(receipt["total"], receipt["currency"]), size=16)
    trailing = ft.Row([total, again_button], spacing=GAP, tight=True)
    return ft.Container(
        beside(words, trailing, narrow=session.state.width < NARROW),
        padding=ft.Padding.symmetric(horizontal=16, vertical=12),
    )


async def send_again(session: Session, number: str) -> None:
    """Ask the API, tell how it went in its words, and look at once what became of it."""
    page = ft.context.page
    try:
        await session.api.write(f"/receipts/{number}/send-again", {})
        said = session.texts.t("Receipt {number} goes to the ERP again.", number=number)
    except ApiProblem as problem:
        said = problem.detail
    page.show_dialog(ft.SnackBar(said))
    session.nudge.set()


def _comparison(session: Session, colors: Palette) -> ft.Control:
    texts, report = session.texts, session.state.erp["comparison"]
    if report is None:
        return empty(ft.Icons.BALANCE, texts.t("Nothing has been compared yet; it is done every night."))
    verdict = texts.t("Everything agrees.") if report["agrees"] else texts.t("Some of it still differs.")
    rows: list[ft.Control] = [
        line(_at(session, report["at"]), verdict, color=colors.settled if report["agrees"] else colors.late)
    ]
    for kind in report["kinds"]:
        differs = kind["missing_count"] + kind["gone_count"] + kind["differing_count"]
        name = texts.t(ERP_KINDS.get(kind["kind"], kind["kind"]))
        counts = texts.t("ERP {erp} · here {here}", erp=kind["erp"], here=kind["here"])
        if differs:
            done = texts.t("{count} differed", count=differs)
            counts += f" · {done}" + ("" if kind["left"] else f", {texts.t('put right')}")
        rows.append(tag(f"erp-compared-{kind['kind']}", line(name, counts)))
    receipts = report["receipts"]
    rows.append(line(texts.t("Posted receipts looked up"), texts.number(receipts["checked"])))
    if receipts["lost_count"]:
        sent = texts.t("{count} sent again", count=receipts["sent_again"])
        rows.append(line(texts.t("Receipts that the ERP has lost"), f"{receipts['lost_count']} · {sent}"))
    for row in report["customers"]:
        money = f"{_money(session, row['erp_open'])} / {_money(session, row['here_open'])}"
        rows.append(line(texts.t("{customer}: open in the ERP / here", customer=row["customer"]), money))
    return card(tag("erp-comparison", ft.Column(rows, spacing=10, tight=True)))


def _money(session: Session, minor: int) -> str:
    return session.texts.money(minor, session.state.currency)
