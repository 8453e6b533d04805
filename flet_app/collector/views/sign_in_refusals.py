"""Why nobody could be signed in: what happened, and what to do now."""

from __future__ import annotations

import flet as ft

from flet_app.collector.api import NoNetwork, Refused, WrongCredentials
from flet_app.collector.session import NotACollector
from flet_app.collector.state import Window
from flet_app.components.status import Tone
from flet_app.components.surfaces import notice


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


def refusal(app: Window, problem: str) -> list[ft.Control]:
    """What stands on the screen while there is a `problem`."""
    if not problem:
        return []
    return [
        notice(
            problem, app.palette, tone=Tone.LATE, icon=ft.Icons.ERROR_OUTLINE, identifier="sign-in-problem"
        )
    ]
