"""People by command: for the first administrator, for scripts, and for who locked everybody out.

The same services as the API's, with the same audit; only here a password may be chosen by the operator.
"""

from __future__ import annotations

import argparse
import getpass
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from backend.audit import Audit, Origin
from backend.bootstrap import system_now
from backend.commands.common import AddCommand, CommandFailed, operator, require_company
from backend.config import Settings
from backend.couch.client import Couch, Json, connect
from backend.errors import ApiProblem
from backend.services.accounts import find_account, normalised_email
from backend.services.membership import PersonRefused, Wish
from backend.services.one_time import new_password
from backend.services.people import appoint, disable_person, enable_person, reset_password
from receivables.access import Role

PASSWORD_VARIABLE = "RECAUDO_PASSWORD"  # noqa: S105 - the name of a variable, not a password


def add_people_commands(command: AddCommand) -> None:
    user = command("add-user", _add_user, f"give a person a role; a password comes from {PASSWORD_VARIABLE}")
    _for_one(user)
    user.add_argument(
        "--role", required=True, choices=[role.value for role in Role if role is not Role.COLLECTOR]
    )
    user.add_argument("--name")
    collector = command(
        "add-collector", _add_collector, "a person who collects, with a database of his or her own"
    )
    collector.add_argument("code")
    collector.add_argument("--company", required=True)
    collector.add_argument("--email", required=True)
    collector.add_argument("--name", required=True)
    _for_one(command("disable-user", _disable, "let a person go at once: no sign-in, no session, no phone"))
    _for_one(command("enable-user", _enable, "give a person the roles back that disable-user took"))
    _for_one(command("reset-password", _reset, "a one-time password, which has to be changed at sign-in"))


def _for_one(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email")
    parser.add_argument("--company", required=True)


def _add_user(options: argparse.Namespace, settings: Settings) -> int:
    wish = Wish(name=options.name or "", roles=frozenset({Role(options.role)}))
    _appoint(options, settings, wish)
    print(f"{options.email} is {options.role} of {options.company}")
    return 0


def _add_collector(options: argparse.Namespace, settings: Settings) -> int:
    wish = Wish(name=options.name, roles=frozenset({Role.COLLECTOR}), collector=options.code)
    _appoint(options, settings, wish)
    print(f"{options.email} collects for {options.company} as {options.code}")
    return 0


def _appoint(options: argparse.Namespace, settings: Settings, wish: Wish) -> None:
    values = {"name": wish.name, "roles": sorted(wish.roles), "collector": wish.collector}
    with _recorded(options, settings, "person_added", values) as couch:
        chosen = os.environ.get(PASSWORD_VARIABLE)
        drawn = None
        if chosen is None and find_account(couch, normalised_email(options.email)) is None:
            if sys.stdin.isatty():
                chosen = getpass.getpass(f"Password of {options.email}: ")
            else:
                drawn = new_password(secrets.token_bytes)
        appoint(
            couch,
            options.company,
            options.email,
            wish,
            now=system_now(),
            password=chosen or drawn,
            one_time=chosen is None,
        )
    if drawn:
        print(f"Password of {options.email}, once: {drawn}")


def _disable(options: argparse.Namespace, settings: Settings) -> int:
    with _recorded(options, settings, "person_disabled") as couch:
        disable_person(couch, options.company, options.email, by=operator(), now=system_now())
    print(f"{options.email} is let go from {options.company}")
    return 0


def _enable(options: argparse.Namespace, settings: Settings) -> int:
    with _recorded(options, settings, "person_enabled") as couch:
        person = enable_person(couch, options.company, options.email, now=system_now())
    print(f"{options.email} works for {options.company} again: {', '.join(person['roles'])}")
    return 0


def _reset(options: argparse.Namespace, settings: Settings) -> int:
    """Who runs the server may do this for a person of several companies too: no company rules over him."""
    with _recorded(options, settings, "password_reset") as couch:
        _person, password = reset_password(
            couch,
            options.company,
            options.email,
            now=system_now(),
            random_bytes=secrets.token_bytes,
            shared=True,
        )
    print(f"Password of {options.email}, once: {password}")
    return 0


@contextmanager
def _recorded(
    options: argparse.Namespace, settings: Settings, action: str, values: Json | None = None
) -> Iterator[Couch]:
    """Written into the audit before it is done, and told in a sentence where it is refused."""
    with connect(settings) as couch:
        require_company(couch, options.company)
        audit = Audit(couch, secrets.token_bytes)
        entry: dict[str, Any] = {
            "by": operator(), "action": action, "subject": normalised_email(options.email), "values": values,
            "origin": Origin(address="", agent="python -m backend"),
        }  # fmt: skip
        first = audit.append(options.company, **entry, now=system_now())
        try:
            yield couch
        except PersonRefused as refused:
            audit.append(options.company, **entry, now=system_now(), outcome=str(refused), of=first)
            data = {"code": getattr(options, "code", "")}
            raise CommandFailed(ApiProblem(str(refused), data=data).to_json("en")["detail"]) from refused
