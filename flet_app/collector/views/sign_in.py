"""The only screen that needs a network: e-mail and password once, then the phone belongs to a collector."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import flet as ft

from flet_app.collector.portfolio import Json
from flet_app.collector.signing_in import SigningIn, Step
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.chrome import bare
from flet_app.collector.views.own_password import OwnPassword
from flet_app.collector.views.sign_in_refusals import explain, refusal
from flet_app.components.handlers import calling, use_kept, use_press
from flet_app.components.inputs import Typed, field, primary, use_typed
from flet_app.components.password import PasswordField
from flet_app.components.status import Tone
from flet_app.components.surfaces import card, notice
from flet_app.components.tagging import tag
from flet_app.theme import TOUCH_TARGET


@ft.component
def SignIn() -> ft.View:
    app, form = use_app(), use_kept(SigningIn)
    ft.use_state(form)
    email = use_typed(app.phone.enrolment.email if app.phone.enrolment else "")
    password = use_typed()
    code = use_typed(app.phone.office.code)
    incomplete, set_incomplete = ft.use_state(False)
    press = use_press()
    language = app.texts.language

    @press.once
    async def attempt(_event: Any) -> None:
        complete = bool(form.chosen or (email.value.strip() and password.value))
        set_incomplete(not complete)
        typed = {"code": code.value.strip(), "language": language}
        if complete and await form.submit(app.phone, email.value, password.value, **typed):
            app.page.navigate("/")

    def leave_choice(_event: Any = None) -> None:
        form.step = Step.PERSON
        email.show()
        password.set("")

    async def own_password(new: str) -> None:
        leave_choice()
        form.changed = True
        password.set(new)
        await attempt(None)

    @press.once
    async def choose(company: Json) -> None:
        if await form.choose(app.phone, company, language=language):
            app.page.navigate("/")

    rows = [*greeting(app), *changed_rows(app, form)]
    match form.step:
        case Step.OWN_CHOICE:
            rows.append(OwnPassword(email.value, password.value, own_password, leave_choice))
        case Step.CODE:
            rows += code_rows(app, code, attempt)
        case Step.COMPANY:
            rows += company_rows(app, form.companies, choose)
        case _:
            rows += person_rows(app, email, password, attempt)
    if form.step is not Step.OWN_CHOICE:
        rows += refusal(app, why_not(app, form, incomplete=incomplete))
    if form.step in {Step.PERSON, Step.CODE}:
        rows += enter_rows(app, attempt, busy=form.busy)
    return bare("/entrar", [*rows, *office_rows(app)], can_pop=app.phone.store is not None)


def why_not(app: Window, form: SigningIn, *, incomplete: bool) -> str:
    """What stands in the way, in words; empty where nothing does."""
    if incomplete:
        return app.texts.t("Enter your e-mail and your password.")
    return explain(app, form.failure) if form.failure else ""


def changed_rows(app: Window, form: SigningIn) -> list[ft.Control]:
    if not form.changed:
        return []
    said = app.texts.t("Your password is changed.")
    return [notice(said, app.palette, tone=Tone.SETTLED, icon=ft.Icons.CHECK, identifier="password-changed")]


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


def company_rows(app: Window, companies: Sequence[Json], choose: Any) -> list[ft.Control]:
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
