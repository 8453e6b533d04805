"""What a user may do, from CouchDB's `_security` object and the role `_admin`. Fails closed."""

from __future__ import annotations

from typing import Any

from replica.errors import BadRequest, Forbidden, ReplicaError, Unauthorized
from replica.server.authentication import User

ADMIN_ONLY: dict[str, Any] = {"members": {"roles": ["_admin"]}, "admins": {"roles": ["_admin"]}}
OPEN: dict[str, Any] = {}


def is_database_admin(user: User, security: dict[str, Any]) -> bool:
    return user.is_server_admin or _listed(user, security.get("admins", {}))


def is_member(user: User, security: dict[str, Any]) -> bool:
    """No member named at all means that the database is public."""
    members = security.get("members", {})
    if not members.get("names") and not members.get("roles"):
        return True
    return is_database_admin(user, security) or _listed(user, members)


def _listed(user: User, group: dict[str, Any]) -> bool:
    named = user.name is not None and user.name in group.get("names", [])
    return named or not set(user.roles).isdisjoint(group.get("roles", []))


def require_server_admin(user: User) -> None:
    if not user.is_server_admin:
        raise Unauthorized("You are not a server admin.")


def require_database_admin(user: User, security: dict[str, Any]) -> None:
    if not is_database_admin(user, security):
        raise _refusal(user, "You are not a db or server admin.")


def require_member(user: User, security: dict[str, Any]) -> None:
    if not is_member(user, security):
        words = "authorized" if user.name is None else "allowed"
        raise _refusal(user, f"You are not {words} to access this db.")


def _refusal(user: User, reason: str) -> ReplicaError:
    """The anonymous may try again with a name (401); the others are known and refused (403)."""
    return Unauthorized(reason) if user.name is None else Forbidden(reason)


def checked_security(value: Any) -> dict[str, Any]:
    """The security object as it may be stored. Raises `BadRequest` with CouchDB's words."""
    if not isinstance(value, dict):
        raise BadRequest("Request body must be a JSON object")
    for group in ("admins", "members"):
        listed = value.get(group, {})
        if not isinstance(listed, dict):
            raise BadRequest(f"{group} must be a JSON object")
        for key in ("names", "roles"):
            entries = listed.get(key, [])
            if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
                raise BadRequest(f"{key} must be a JSON list of strings")
    return value
