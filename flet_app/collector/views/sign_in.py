"""The only screen that needs a network: e-mail and password once, then the phone belongs to a collector."""

from __future__ import annotations

from typing import Any

import flet as ft

from flet_app.collector.api import NoNetwork, Refused, WrongCredentials
from flet_app.collector.portfolio import Json
from flet_app.collector.session import NotACollector
from flet_app.collector.state import Window, use_app
from flet_app.components.handlers import calling
from flet_app.components.inputs import field, primary, use_typed
from flet_app.components.status import Tone
from flet_app.components.surfaces import card, notice
from flet_app.components.tagging import tag
from flet_app.theme import EDGE


@ft.component
def SignIn() -> ft.View:
    app = use_app()
    t = app.texts.t
    email = use_typed(app.phone.enrolment.email if app.phone.enrolment else "")
    password = use_typed()
    busy, set_busy = ft.use_state(False)
    problem, set_problem = ft.use_state("")
    companies, set_companies = ft.use_state(tuple[Json, ...]())

    async def attempt(_event: Any) -> None:
        if not email.value.strip() or not password.value:
            set_problem(t("Enter your e-mail and your password."))
            return
        set_busy(True)
        set_problem("")
        try:
            found = await app.phone.sign_in(email.value, password.value, language=app.texts.language)
            if found is None:
                app.page.navigate("/")
            else:
                set_companies(tuple(found))
        except (WrongCredentials, NoNetwork, NotACollector, Refused) as error:
            set_problem(explain(app, error))
        finally:
            set_busy(False)

    async def choose(company: Json) -> None:
        set_busy(True)
        try:
            await app.phone.choose_company(company, language=app.texts.language)
            app.page.navigate("/")
        except (NoNetwork, Refused) as error:
            set_problem(explain(app, error))
        finally:
            set_busy(False)

    rows: list[ft.Control] = [
        ft.Container(height=32),
        ft.Row([ft.Icon(ft.Icons.RECEIPT_LONG_OUTLINED, size=44, color=ft.Colors.PRIMARY)]),
        ft.Semantics(
            header=True,
            content=ft.Text("Recaudo", size=32, weight=ft.FontWeight.W_700, color=ft.Colors.PRIMARY),
        ),
        ft.Text(t("Collect all day, with or without a signal."), size=16, color=ft.Colors.ON_SURFACE_VARIANT),
        ft.Container(height=12),
    ]
    if companies:
        rows.append(
            ft.Text(t("Which company do you collect for today?"), size=16, weight=ft.FontWeight.W_600)
        )
        rows += [
            tag(
                f"company-{company['code']}",
                card(
                    ft.Text(company["name"], size=16),
                    on_click=calling(app.page.run_task, choose, company),
                ),
            )
            for company in companies
        ]
    else:
        rows += [
            field(
                "sign-in-email", t("E-mail"), email, keyboard_type=ft.KeyboardType.EMAIL, autocorrect=False,
                autofill_hints=ft.AutofillHint.USERNAME, prefix_icon=ft.Icons.MAIL_OUTLINE,
            ),
            field(
                "sign-in-password", t("Password"), password, password=True, can_reveal_password=True,
                autofill_hints=ft.AutofillHint.PASSWORD, prefix_icon=ft.Icons.LOCK_OUTLINE, on_submit=attempt,
            ),
        ]  # fmt: skip
    if problem:
        rows.append(
            notice(
                problem,
                app.palette,
                tone=Tone.LATE,
                icon=ft.Icons.ERROR_OUTLINE,
                identifier="sign-in-problem",
            )
        )
    if not companies:
        rows.append(primary("sign-in-submit", t("Sign in"), attempt, busy=busy))
        rows.append(
            ft.Text(
                t("You need a connection only this once. Afterwards the app works without one."),
                size=13, color=ft.Colors.ON_SURFACE_VARIANT, text_align=ft.TextAlign.CENTER,
            )
        )  # fmt: skip
    return ft.View(
        route="/entrar",
        padding=0,
        can_pop=app.phone.store is not None,
        controls=[
            ft.SafeArea(
                ft.ListView(rows, spacing=14, padding=ft.Padding.symmetric(horizontal=EDGE + 8), expand=True),
                expand=True,
            )
        ],
    )


def explain(app: Window, error: Exception) -> str:
    """What happened, why, and what to do now."""
    t = app.texts.t
    match error:
        case WrongCredentials():
            return t("The e-mail or the password is not right. Check them and try again.")
        case NoNetwork():
            return t("There is no connection with the office. Check your mobile data or Wi-Fi and try again.")
        case NotACollector():
            return t(
                "This account does not collect for any company. Ask your supervisor for the collector role."
            )
        case Refused():
            return error.detail
        case _:
            return t("Something went wrong. Try again.")
