"""`/_node/{node}/_config`: reading and setting the ini values, for server administrators."""

from __future__ import annotations

from flask import Blueprint, Response

from replica.errors import BadRequest, NotFound
from replica.server.authorization import require_server_admin
from replica.server.node import NAME, node, user
from replica.server.passwords import admin_hash
from replica.server.wire import answer, body_json

routes = Blueprint("configuration", __name__)
HASHED = "-pbkdf2"


def _admin_of(name: str) -> None:
    require_server_admin(user())
    if name not in ("_local", NAME):
        raise NotFound(f"no such node: {name}")


@routes.get("/_node/<seg:name>")
def which(name: str) -> Response:
    _admin_of(name)
    return answer({"name": NAME})


@routes.get("/_node/<seg:name>/_config")
def everything(name: str) -> Response:
    _admin_of(name)
    return answer(node().configuration.sections())


@routes.get("/_node/<seg:name>/_config/<seg:section>")
def one_section(name: str, section: str) -> Response:
    _admin_of(name)
    return answer(node().configuration.section(section))


@routes.get("/_node/<seg:name>/_config/<seg:section>/<seg:key>")
def value(name: str, section: str, key: str) -> Response:
    _admin_of(name)
    values = node().configuration.section(section)
    if key not in values:
        raise NotFound("unknown_config_value")
    return answer(values[key])


@routes.put("/_node/<seg:name>/_config/<seg:section>/<seg:key>")
def set_value(name: str, section: str, key: str) -> Response:
    _admin_of(name)
    new = body_json()
    if not isinstance(new, str):
        raise BadRequest("Config value must be a string.")
    if any(mark in section + key for mark in "[]\n\r=") or "\r" in new:
        raise BadRequest("Invalid configuration key.")
    configuration = node().configuration
    if section == "admins" and not new.startswith(HASHED):
        new = admin_hash(
            new,
            iterations=configuration.number("chttpd_auth", "iterations", 50_000),
            prf=configuration.get("chttpd_auth", "pbkdf2_prf"),
        )
    return answer(configuration.set(section, key, new))


@routes.delete("/_node/<seg:name>/_config/<seg:section>/<seg:key>")
def remove_value(name: str, section: str, key: str) -> Response:
    _admin_of(name)
    previous = node().configuration.unset(section, key)
    if previous is None:
        raise NotFound("unknown_config_value")
    return answer(previous)


@routes.post("/_node/<seg:name>/_config/_reload")
def reload(name: str) -> Response:
    _admin_of(name)
    return answer({"ok": True})
