"""A password of one's own in the place of the one that the office gave for a single use."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import flet as ft

from flet_app.collector.api import NoNetwork, Refused, WrongCredentials
from flet_app.collector.state import Window, use_app
from flet_app.collector.views.sign_in_refusals import explain, refusal
from flet_app.components.inputs import Typed, primary, secondary, use_typed
from flet_app.components.password import PasswordField
from receivables.passwords import MINIMUM_PASSWORD, PasswordFlaw, password_flaw


@ft.component
def OwnPassword(
    email: str, once: str, changed: Callable[[str], Awaitable[None]], back: Callable[[Any], None]
) -> ft.Control:
    """The form, its rules first. `changed` is told the new password when it counts at the office."""
    app = use_app()
    t = app.texts.t
    new, again = use_typed(), use_typed()
    wrong, set_wrong = ft.use_state(dict[str, str]())
    problem, set_problem = ft.use_state("")
    busy, set_busy = ft.use_state(False)

    async def save(_event: Any) -> None:
        found = what_is_wrong(app, new.value, again.value, before=once)
        set_wrong(found)
        set_problem("")
        if found:
            return
        set_busy(True)
        try:
            await app.phone.change_password(email, once, new.value, language=app.texts.language)
        except (WrongCredentials, NoNetwork, Refused) as error:
            set_busy(False)
            at_field = getattr(error, "fields", {}).get("new_password")
            set_wrong({"new": at_field} if at_field else {})
            set_problem("" if at_field else explain(app, error))
        else:
            await changed(new.value)

    rows = [
        ft.Semantics(
            header=True,
            content=ft.Text(t("Choose a password of your own"), size=20, weight=ft.FontWeight.W_600),
        ),
        ft.Text(
            t(
                "The password of the office is for one use. Yours has at least {count} characters and is"
                " another one; a few words that only you would put together are good.",
                count=MINIMUM_PASSWORD,
            ),
            size=15,
            color=ft.Colors.ON_SURFACE_VARIANT,
        ),
        password_field(app, "password-new", t("New password"), new, wrong.get("new")),
        password_field(
            app, "password-again", t("New password again"), again, wrong.get("again"), on_submit=save
        ),
        *refusal(app, problem),
        primary("password-save", t("Change it and sign in"), save, busy=busy),
        secondary("password-back", t("Back"), back, disabled=busy),
    ]
    return ft.Column(rows, spacing=14, tight=True, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)


def password_field(
    app: Window, identifier: str, label: str, typed: Typed, error: str | None, **options: Any
) -> ft.Control:
    return PasswordField(
        identifier, label, app.texts.t("Show the password"), app.texts.t("Hide the password"), typed=typed,
        error=error, autofill_hints=ft.AutofillHint.NEW_PASSWORD, prefix_icon=ft.Icons.LOCK_OUTLINE,
        **options,
    )  # fmt: skip


def what_is_wrong(app: Window, new: str, again: str, *, before: str) -> dict[str, str]:
    """By the field; empty where the office may be asked."""
    t = app.texts.t
    match password_flaw(new, before=before):
        case PasswordFlaw.TOO_SHORT:
            return {"new": t("It needs at least {count} characters.", count=MINIMUM_PASSWORD)}
        case PasswordFlaw.SAME_AS_BEFORE:
            return {"new": t("This is the password of the office. Choose another one.")}
    if new != again:
        return {"again": t("The two passwords differ. Type the same one twice.")}
    return {}
