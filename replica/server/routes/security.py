"""`/{db}/_security`: who may come in."""

from __future__ import annotations

from flask import Blueprint, Response

from replica.errors import Forbidden
from replica.server.account_rules import USERS
from replica.server.authorization import checked_security
from replica.server.node import administered, database, node
from replica.server.wire import answer, body_json

routes = Blueprint("security", __name__)


@routes.get("/<seg:db>/_security")
def read(db: str) -> Response:
    return answer(database(db).security)


@routes.put("/<seg:db>/_security")
def write(db: str) -> Response:
    administered(db)
    if db == USERS and not node().configuration.flag("couchdb", "users_db_security_editable"):
        raise Forbidden("You can't edit the security object of the user database.")
    node().registry.set_security(db, checked_security(body_json()))
    return answer({"ok": True})
