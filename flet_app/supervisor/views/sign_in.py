"""Who is it: an e-mail and a password, and the server's own words when it says no."""

from __future__ import annotations

import flet as ft

from flet_app.components.inputs import field, primary
from flet_app.components.password import PasswordField
from flet_app.components.surfaces import card
from flet_app.supervisor.api import ApiProblem
from flet_app.supervisor.session import use_session

FORM_WIDTH = 400


@ft.component
def SignIn() -> ft.Control:
    session = use_session()
    t = session.texts.t
    email, set_email = ft.use_state("")
    password, set_password = ft.use_state("")
    failure, set_failure = ft.use_state("")
    busy, set_busy = ft.use_state(False)

    def say(problem: ApiProblem) -> str:
        match problem.code:
            case "unreachable":
                return t("The server doesn't answer. Check the connection and try again.")
            case "not_a_supervisor":
                return t("This account doesn't supervise any company.")
            case _:
                return problem.detail

    async def submit(_event: ft.ControlEvent | None = None) -> None:
        if not email.strip() or not password:
            set_failure(t("Enter your e-mail and your password."))
            return
        set_busy(True)
        set_failure("")
        try:
            await session.sign_in(email.strip(), password)
        except ApiProblem as problem:
            set_failure(say(problem))
            set_busy(False)

    form = ft.Column(
        [
            ft.Icon(ft.Icons.ACCOUNT_BALANCE_WALLET, size=44, color=ft.Colors.PRIMARY),
            ft.Text("Recaudo", size=26, weight=ft.FontWeight.W_700),
            ft.Text(t("Supervision"), size=15, color=ft.Colors.ON_SURFACE_VARIANT),
            ft.Container(height=8),
            field(
                "sign-in-email",
                t("E-mail"),
                value=email,
                on_change=set_email,
                autofocus=True,
                keyboard_type=ft.KeyboardType.EMAIL,
                on_submit=submit,
            ),
            PasswordField(
                "sign-in-password",
                t("Password"),
                t("Show the password"),
                t("Hide the password"),
                value=password,
                on_change=set_password,
                error=failure or None,
                on_submit=submit,
            ),
            primary("sign-in-submit", t("Sign in"), submit, busy=busy),
        ],
        spacing=14,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return ft.Container(
        ft.Container(card(form, padding=28), width=FORM_WIDTH),
        alignment=ft.Alignment.CENTER,
        expand=True,
        padding=16,
    )
