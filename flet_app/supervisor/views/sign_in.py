"""Who is it: an e-mail and a password, and the server's own words when it says no."""

from __future__ import annotations

from functools import partial

import flet as ft

from flet_app.components.handlers import use_kept
from flet_app.components.inputs import Handler, field, primary
from flet_app.components.password import PasswordField
from flet_app.components.status import Tone
from flet_app.components.surfaces import card, notice
from flet_app.supervisor.session import Session, use_session
from flet_app.supervisor.signing_in import INCOMPLETE, SigningIn
from flet_app.theme import is_dark, palette

FORM_WIDTH = 400


@ft.component
def SignIn() -> ft.Control:
    session, form = use_session(), use_kept(SigningIn)
    ft.use_state(form)
    t = session.texts.t

    async def submit(_event: ft.ControlEvent | None = None) -> None:
        await form.submit(session)

    failure = _sentence(session, form)
    column = ft.Column(
        [
            ft.Icon(ft.Icons.ACCOUNT_BALANCE_WALLET, size=44, color=ft.Colors.PRIMARY),
            ft.Text("Recaudo", size=26, weight=ft.FontWeight.W_700),
            ft.Text(t("Supervision"), size=15, color=ft.Colors.ON_SURFACE_VARIANT),
            ft.Container(height=8),
            *_told(session, form),
            field(
                "sign-in-email",
                t("E-mail"),
                value=form.email,
                on_change=partial(setattr, form, "email"),
                autofocus=True,
                keyboard_type=ft.KeyboardType.EMAIL,
                on_submit=submit,
            ),
            PasswordField(
                "sign-in-password",
                t("Password for one use") if form.choosing else t("Password"),
                t("Show the password"),
                t("Hide the password"),
                value=form.password,
                on_change=partial(setattr, form, "password"),
                error=None if form.choosing else failure,
                on_submit=submit,
            ),
            *([_new_password(session, form, failure, submit)] if form.choosing else []),
            primary(
                "sign-in-submit",
                t("Change the password and sign in") if form.choosing else t("Sign in"),
                submit,
                busy=form.busy,
            ),
        ],
        spacing=14,
        tight=True,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
    )
    return ft.Container(
        ft.Container(card(column, padding=28), width=FORM_WIDTH),
        alignment=ft.Alignment.CENTER,
        expand=True,
        padding=16,
    )


def _new_password(session: Session, form: SigningIn, failure: str | None, submit: Handler) -> ft.Control:
    t = session.texts.t
    return PasswordField(
        "sign-in-new-password",
        t("A password of your own"),
        t("Show the password"),
        t("Hide the password"),
        value=form.new_password,
        on_change=partial(setattr, form, "new_password"),
        helper=t("At least eight characters."),
        error=failure,
        on_submit=submit,
    )


def _told(session: Session, form: SigningIn) -> list[ft.Control]:
    colors, t = palette(dark=is_dark(ft.context.page)), session.texts.t
    if form.changed:
        said = t("Your password is changed. Sign in on your phone with it.")
        return [
            notice(said, colors, tone=Tone.SETTLED, icon=ft.Icons.CHECK_CIRCLE, identifier="password-changed")
        ]
    if form.choosing:
        said = t("This password is for one use. Choose one of your own.")
        return [notice(said, colors, icon=ft.Icons.KEY, identifier="password-choosing")]
    return []


def _sentence(session: Session, form: SigningIn) -> str | None:
    t = session.texts.t
    match form.problem:
        case "" | "password_change_needed":
            return None
        case "unreachable":
            return t("The server doesn't answer. Check the connection and try again.")
        case "not_a_supervisor":
            return t("This account doesn't supervise any company.")
        case problem if problem == INCOMPLETE:
            return (
                t("Choose a password of your own.")
                if form.choosing
                else t("Enter your e-mail and your password.")
            )
        case _:
            return form.detail
