"""The rules of `_users`: what CouchDB's own `_design/_auth` and its users database do with accounts.

An administrator sees and writes all. Since CouchDB 3 nobody else comes in, unless the `_security` of `_users`
is opened; then a person sees and writes their own account, but not its roles, and nobody else knows that it
exists. A plain `password` never reaches the disk: it becomes PBKDF2 fields on the way
in.
"""

from __future__ import annotations

from typing import Any

from replica.errors import BadRequest, Forbidden, NotFound, Unauthorized
from replica.server.authentication import User
from replica.server.configuration import Configuration
from replica.server.passwords import KEY_LENGTH, hashed_fields

Json = dict[str, Any]
PREFIX = "org.couchdb.user:"
USERS = "_users"


def readable(db: str, document: Json, user: User, configuration: Configuration) -> Json:
    """What this user may see of a document of `db`. Raise `NotFound` where that is nothing."""
    if db != USERS or user.is_server_admin:
        return document
    if document["_id"].startswith("_design/"):
        raise Forbidden("Only administrators can view design docs in the users database.")
    if user.name is not None and document["_id"] == PREFIX + user.name:
        return document
    public = [
        name.strip() for name in configuration.get("chttpd_auth", "public_fields").split(",") if name.strip()
    ]
    if not public:
        raise NotFound("missing")
    kept = {"_id", "_rev", "_deleted", *public}
    return {name: value for name, value in document.items() if name in kept}


class AccountRules:
    """What happens to every account that is written, whoever writes it."""

    def __init__(self, configuration: Configuration) -> None:
        self._configuration = configuration

    def prepare(self, document: Json, user: User) -> Json:
        """The document to store, with its password hashed.

        Raise where this user may not touch this account.
        """
        if not user.is_server_admin:
            if user.name is None:
                raise Unauthorized("You are not authorized to access this db.")
            if document.get("_id") != PREFIX + user.name:
                raise NotFound("missing")
        password = document.get("password")
        if password is None:
            return {name: value for name, value in document.items() if name != "password"}
        if not isinstance(password, str):
            raise BadRequest("Password must be a string.")
        prf = self._configuration.get("chttpd_auth", "pbkdf2_prf")
        hashed = hashed_fields(
            password,
            iterations=self._configuration.number("chttpd_auth", "iterations", 50_000),
            prf=prf if prf in KEY_LENGTH else "sha256",
        )
        return {name: value for name, value in document.items() if name != "password"} | hashed

    def check(self, new: Json, old: Json | None, user: User) -> None:
        """`validate_doc_update` of CouchDB's `_design/_auth`, in its words. Raise `Forbidden`."""
        if new.get("_deleted") is True:
            if not user.is_server_admin and (old is None or user.name != old.get("name")):
                raise Forbidden("Only admins may delete other user docs.")
            return
        _check_shape(new)
        if old is not None and not old.get("_deleted") and old.get("name") != new["name"]:
            raise Forbidden("Usernames can not be changed.")
        if not user.is_server_admin:
            before = old.get("roles", []) if old is not None else []
            if old is not None and user.name != new["name"]:
                raise Forbidden("You may only update your own user document.")
            if sorted(before) != sorted(new["roles"]):
                raise Forbidden(
                    "Only _admin may edit roles" if old is not None else "Only _admin may set roles"
                )


def _check_shape(new: Json) -> None:
    roles = new.get("roles")
    name = new.get("name")
    refusals = (
        (new.get("type") != "user", "doc.type must be user"),
        (not isinstance(name, str) or not name, "doc.name is required"),
        (roles is None, "doc.roles must exist"),
        (not isinstance(roles, list), "doc.roles must be an array"),
        (
            isinstance(roles, list) and not all(isinstance(role, str) for role in roles),
            "doc.roles can only contain strings",
        ),
        (new["_id"] != f"{PREFIX}{name}", "Doc ID must be of the form org.couchdb.user:name"),
        (bool(new.get("password_sha")) and not new.get("salt"), "Users with password_sha must have a salt."),
        (
            new.get("password_scheme") not in (None, "simple", "pbkdf2", "bcrypt"),
            f"Password scheme `{new.get('password_scheme')}` not supported.",
        ),
        (
            new.get("password_scheme") == "pbkdf2" and not isinstance(new.get("iterations"), int),
            "iterations must be a number.",
        ),
        (
            new.get("password_scheme") == "pbkdf2" and not isinstance(new.get("derived_key"), str),
            "derived_key must be a string.",
        ),
        (isinstance(name, str) and name.startswith("_"), "Username may not start with underscore."),
        (isinstance(name, str) and ":" in name, "Character `:` is not allowed in usernames."),
    )
    for refused, reason in refusals:
        if refused:
            raise Forbidden(reason)
    if any(role.startswith("_") for role in new["roles"]):
        raise Forbidden("No system roles (starting with underscore) in users db.")
