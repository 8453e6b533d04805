"""The people of the company: seen, added, changed, let go and let in again by who administers it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from backend.bootstrap import Services
from backend.couch.client import Json
from backend.errors import ApiProblem
from backend.http.guard import asking
from backend.http.inputs import Inputs
from backend.services.membership import PersonRefused, Wish
from backend.services.pages import BadCursor, decode_cursor, encode_cursor
from backend.services.people import (
    add_person,
    change_person,
    disable_person,
    enable_person,
    list_people,
    reset_password,
)
from receivables.access import Role

T = TypeVar("T")

LONGEST_NAME = 100
LONGEST_SEARCH = 100
STATES = ("active", "disabled")
ROLES = tuple(role.value for role in Role)
_EMAIL = re.compile(r"[^@\s:/\x00-\x1f\x7f]{1,64}@[^@\s:/\x00-\x1f\x7f]{1,190}")
"""As accounts are named, without what would cut the path of an address apart."""


def people_blueprint(services: Services) -> Blueprint:
    routes = Blueprint("people", __name__, url_prefix="/companies/<company>/people")
    couch = services.couch

    @routes.get("")
    def people(company: str) -> ResponseReturnValue:
        inputs = Inputs.of_query(request)
        query = inputs.text("q", longest=LONGEST_SEARCH, required=False)
        role, state = inputs.choice("role", ROLES), inputs.choice("state", STATES)
        limit = inputs.limit()
        inputs.check()
        found = [each for each in list_people(couch, company) if _is_meant(each, query, role, state)]
        return _page(found, limit, request.args.get("cursor"))

    @routes.post("")
    def added(company: str) -> ResponseReturnValue:
        inputs = Inputs.of_body(request)
        email = inputs.text("email", longest=256)
        if email and not _EMAIL.fullmatch(email):
            inputs.fault("email", "not_an_email")
        wish = _wish(inputs)
        person, password = _unless_refused(
            wish.collector,
            lambda: add_person(
                couch, company, email, wish, now=services.now(), random_bytes=services.random_bytes
            ),
        )
        return {"person": person, "one_time_password": password}, 201

    @routes.put("/<email>")
    def changed(company: str, email: str) -> ResponseReturnValue:
        wish = _wish(Inputs.of_body(request))
        return _unless_refused(
            wish.collector, lambda: change_person(couch, company, email, wish, now=services.now())
        )

    @routes.post("/<email>/disable")
    def disabled(company: str, email: str) -> ResponseReturnValue:
        by = asking().subject
        return _unless_refused(None, lambda: disable_person(couch, company, email, by=by, now=services.now()))

    @routes.post("/<email>/enable")
    def enabled(company: str, email: str) -> ResponseReturnValue:
        return _unless_refused(None, lambda: enable_person(couch, company, email, now=services.now()))

    @routes.post("/<email>/password")
    def password(company: str, email: str) -> ResponseReturnValue:
        person, one_time = _unless_refused(
            None,
            lambda: reset_password(
                couch, company, email, now=services.now(), random_bytes=services.random_bytes
            ),
        )
        return {"person": person, "one_time_password": one_time}

    return routes


def _wish(inputs: Inputs) -> Wish:
    """What a person is to be; raise ApiProblem for every fault at once."""
    name = inputs.text("name", longest=LONGEST_NAME)
    roles = frozenset(Role(role) for role in inputs.choices("roles", ROLES))
    collector = inputs.collector(required=True) if Role.COLLECTOR in roles else None
    inputs.check()
    return Wish(name=name, roles=roles, collector=collector)


def _unless_refused(collector: str | None, work: Callable[[], T]) -> T:
    try:
        return work()
    except PersonRefused as refused:
        raise ApiProblem(str(refused), data={"code": collector}) from refused


def _is_meant(person: Json, query: str, role: str | None, state: str | None) -> bool:
    words = f"{person['name']} {person['email']} {person['collector'] or ''}".casefold()
    disabled = person["disabled_at"] is not None
    return (
        all(word in words for word in query.casefold().split())
        and (role is None or role in person["roles"])
        and (state is None or disabled == (state == "disabled"))
    )


def _page(people: list[Json], limit: int, cursor: str | None) -> Json:
    """A page by name; the cursor names the first of the next, so that people who come shift nothing."""
    start: tuple[str, str] = ("", "")
    if cursor is not None:
        name, email = decode_cursor(cursor)
        if not isinstance(name, str):
            raise BadCursor("the cursor belongs to another list")
        start = name, email
    rest = [person for person in people if _place(person) >= start]
    following = rest[limit] if len(rest) > limit else None
    return {
        "items": rest[:limit],
        "total": len(people),
        "next_cursor": encode_cursor(*_place(following)) if following else None,
    }


def _place(person: Json) -> tuple[str, str]:
    return person["name"].casefold(), person["email"]
