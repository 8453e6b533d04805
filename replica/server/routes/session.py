"""`/_session`: who am I, sign in with a cookie, sign out."""

from __future__ import annotations

from flask import Blueprint, Response, request

from replica.errors import BadRequest, Unauthorized
from replica.server import cookies
from replica.server.node import node, user
from replica.server.wire import answer, body_bytes, loads

routes = Blueprint("session", __name__)


@routes.get("/_session")
def who_am_i() -> Response:
    me = user()
    if request.args.get("basic") == "true" and me.name is None:
        raise Unauthorized("Please login.")
    info: dict[str, object] = {
        "authentication_handlers": [
            name.removesuffix("_authentication_handler") for name in node().authenticator.handler_names()
        ],
    }
    if me.name is not None:
        info["authenticated"] = me.handler
    return answer({"ok": True, "userCtx": {"name": me.name, "roles": list(me.roles)}, "info": info})


@routes.post("/_session")
def sign_in() -> Response:
    name, password = _credentials()
    me = node().authenticator.sign_in(name, password, request.remote_addr or "")
    response = _redirected(answer({"ok": True, "name": me.name, "roles": list(me.roles)}))
    set_session_cookie(response, node().authenticator.cookie_for(name))
    return response


def _credentials() -> tuple[str, str]:
    if request.mimetype in ("application/json", ""):
        sent = loads(body_bytes() or b"{}")
        if not isinstance(sent, dict):
            raise BadRequest("Request body must be a JSON object")
    else:
        sent = dict(request.form)
    name, password = sent.get("name", sent.get("username")), sent.get("password", "")
    if not isinstance(name, str) or not isinstance(password, str):
        raise BadRequest("request body must contain a username")
    return name, password


def set_session_cookie(response: Response, value: str) -> None:
    configuration = node().configuration
    lasting = configuration.flag("chttpd_auth", "allow_persistent_cookies")
    response.set_cookie(
        cookies.NAME,
        value,
        max_age=configuration.number("chttpd_auth", "timeout", 600) if lasting else None,
        path="/",
        httponly=True,
        secure=request.is_secure,
        samesite=configuration.get("chttpd_auth", "same_site") or None,
    )


@routes.delete("/_session")
def sign_out() -> Response:
    response = _redirected(answer({"ok": True}))
    response.set_cookie(cookies.NAME, "", max_age=0, path="/", httponly=True)
    return response


def _redirected(response: Response) -> Response:
    """`?next=` leads on, inside this server only."""
    target = request.args.get("next")
    if target is not None:
        if (
            not target.startswith("/")
            or target.startswith("//")
            or "\\" in target
            or not target.isprintable()
        ):
            raise BadRequest("Invalid `next` path")
        response.status_code = 302
        response.headers["Location"] = target
    return response
