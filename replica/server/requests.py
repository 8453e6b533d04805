"""The request as design functions see it (`req`): CouchDB's request object."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from flask import request

from replica.server.authentication import User
from replica.server.paths import segments
from replica.server.served import ServedDatabase

Json = dict[str, Any]


def request_object(
    found: ServedDatabase, user: User, body: Json | str | None = None, doc_id: str | None = None
) -> Json:
    raw = request.environ.get("REQUEST_URI", request.path)
    is_form = request.mimetype == "application/x-www-form-urlencoded"
    return {
        "info": {"db_name": found.name},
        "id": doc_id,
        "method": request.method,
        "path": segments(raw),
        "requested_path": segments(raw),
        "raw_path": unquote(raw.partition("?")[0]),
        "query": request.args.to_dict(),
        "headers": dict(request.headers.items()),
        "body": "undefined" if body is None else body,
        "peer": request.remote_addr or "127.0.0.1",
        "form": request.form.to_dict() if is_form else {},
        "cookie": dict(request.cookies.items()),
        "userCtx": {"db": found.name, "name": user.name, "roles": list(user.roles)},
        "secObj": found.security,
        "uuid": "",
    }
