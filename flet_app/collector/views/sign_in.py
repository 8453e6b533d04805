"""The only screen that needs a network: e-mail and password once, then the phone belongs to a collector."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import flet as ft

from flet_app.collector.api import CodeNeeded, NoNetwork, Refused, WrongCredentials
from flet_app.collector.portfolio import Json
from flet_app.collector.session import NotACollector
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import bare
from flet_app.components.handlers import calling
from flet_app.components.inputs import Typed, field, primary, use_typed
from flet_app.components.password import PasswordField
from flet_app.components.status import Tone
from flet_app.components.surfaces import card, notice
from flet_app.components.tagging import tag
from flet_app.theme import TOUCH_TARGET


@ft.component
def SignIn() -> ft.View:
    app = use_app()
    t = app.texts.t
    email = use_typed(app.phone.enrolment.email if app.phone.enrolment else "")
    password = use_typed()
    code = use_typed(app.phone.office.code)
    asked_for_code, set_asked_for_code = ft.use_state(False)
    chosen, set_chosen = ft.use_state(dict[str, Any]())
    busy, set_busy = ft.use_state(False)
    problem, set_problem = ft.use_state("")
    companies, set_companies = ft.use_state(tuple[Json, ...]())

    async def enter(step: Callable[[], Awaitable[list[Json] | None]]) -> None:
        set_busy(True)
        set_problem("")
        try:
            found = await step()
            if found is None:
                app.page.navigate("/")
            else:
                set_companies(tuple(found))
        except CodeNeeded:
            set_asked_for_code(True)
        except (WrongCredentials, NoNetwork, NotACollector, Refused) as error:
            set_asked_for_code(asked_for_code or getattr(error, "code", "") == "code_invalid")
            set_problem(explain(app, error))
        finally:
            set_busy(False)

    async def attempt(_event: Any) -> None:
        spoken = {"language": app.texts.language, "code": code.value.strip()}
        if chosen:
            await enter(lambda: app.phone.choose_company(chosen, **spoken))
        elif email.value.strip() and password.value:
            await enter(lambda: app.phone.sign_in(email.value, password.value, **spoken))
        else:
            set_problem(t("Enter your e-mail and your password."))

    async def choose(company: Json) -> None:
        set_chosen(company)
        await enter(lambda: app.phone.choose_company(company, language=app.texts.language))

    rows = greeting(app)
    if asked_for_code:
        rows += code_rows(app, code, attempt)
    elif companies:
        rows += company_rows(app, companies, choose)
    else:
        rows += person_rows(app, email, password, attempt)
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
    if asked_for_code or not companies:
        rows += enter_rows(app, attempt, busy=busy)
    return bare("/entrar", [*rows, *office_rows(app)], can_pop=app.phone.store is not None)


def greeting(app: Window) -> list[ft.Control]:
    t = app.texts.t
    return [
        ft.Container(height=32),
        ft.Row([ft.Icon(ft.Icons.RECEIPT_LONG_OUTLINED, size=44, color=ft.Colors.PRIMARY)]),
        ft.Semantics(
            header=True,
            content=ft.Text("Recaudo", size=32, weight=ft.FontWeight.W_700, color=ft.Colors.PRIMARY),
        ),
        ft.Text(t("Collect all day, with or without a signal."), size=16, color=ft.Colors.ON_SURFACE_VARIANT),
        ft.Container(height=12),
    ]


def person_rows(app: Window, email: Typed, password: Typed, attempt: Any) -> list[ft.Control]:
    t = app.texts.t
    return [
        field(
            "sign-in-email", t("E-mail"), email, keyboard_type=ft.KeyboardType.EMAIL, autocorrect=False,
            autofill_hints=ft.AutofillHint.USERNAME, prefix_icon=ft.Icons.MAIL_OUTLINE,
        ),
        PasswordField(
            "sign-in-password", t("Password"), t("Show the password"), t("Hide the password"), typed=password,
            autofill_hints=ft.AutofillHint.PASSWORD, prefix_icon=ft.Icons.LOCK_OUTLINE, on_submit=attempt,
        ),
    ]  # fmt: skip


def enter_rows(app: Window, attempt: Any, *, busy: bool) -> list[ft.Control]:
    t = app.texts.t
    return [
        primary("sign-in-submit", t("Sign in"), attempt, busy=busy),
        ft.Text(
            t("You need a connection only this once. Afterwards the app works without one."),
            size=13, color=ft.Colors.ON_SURFACE_VARIANT, text_align=ft.TextAlign.CENTER,
        ),
    ]  # fmt: skip


def company_rows(app: Window, companies: tuple[Json, ...], choose: Any) -> list[ft.Control]:
    return [
        ft.Text(app.texts.t("Which company do you collect for today?"), size=16, weight=ft.FontWeight.W_600),
        *(
            tag(
                f"company-{company['code']}",
                card(ft.Text(company["name"], size=16), on_click=calling(app.page.run_task, choose, company)),
            )
            for company in companies
        ),
    ]


def code_rows(app: Window, code: Typed, attempt: Any) -> list[ft.Control]:
    """A phone that is new to the company is let in by a person who knows it."""
    t = app.texts.t
    return [
        ft.Text(t("Enter the code of the office"), size=20, weight=ft.FontWeight.W_600),
        ft.Text(
            t("This phone is new to the company. Your supervisor gives you a code, good for one phone."),
            size=15, color=ft.Colors.ON_SURFACE_VARIANT,
        ),
        field(
            "sign-in-code", t("Code"), code, autocorrect=False, prefix_icon=ft.Icons.PIN_OUTLINED,
            capitalization=ft.TextCapitalization.CHARACTERS, on_submit=attempt,
        ),
    ]  # fmt: skip


def office_rows(app: Window) -> list[ft.Control]:
    """Which office is asked, and how to ask another one while this phone is nobody's."""
    t, office = app.texts.t, app.phone.office
    if office.is_fixed:
        return []
    name = office.address.removeprefix("https://")
    said = ft.Text(
        t("Office: {name}", name=name), size=13, expand=True, color=ft.Colors.ON_SURFACE_VARIANT, max_lines=2
    )

    async def change(_event: Any) -> None:
        await asyncio.to_thread(office.forget)
        app.phone.announce()

    if app.phone.enrolment is not None:
        return [said]
    button = ft.TextButton(t("Change"), on_click=change, height=TOUCH_TARGET)
    return [ft.Row([said, tag("office-change", button)])]


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
