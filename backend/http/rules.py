"""Who may ask what, and what of it is written into the audit: one entry for every route of the API.

The guard enforces the table before a route runs, so that a route cannot forget it; an application with a
route that stands in no entry does not start. `receivables.access.ALLOWED` says which roles an action takes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flask import Flask

from receivables.access import Action
from receivables.goals import TARGETS

PREFIX = "/api/v1"


class Public(StrEnum):
    """Who may ask where no role in the company is asked for."""

    ANYONE = "anyone"
    MEMBER = "member"
    """Whoever works for the company in any role, a collector too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`audit` names the action in the audit; only what changes nothing may go without.

    `keeps` are the fields of the body that stand in the entry: never one that holds a secret.
    """

    who: Action | Public
    audit: str | None = None
    keeps: tuple[str, ...] = ()


_READ = Rule(who=Action.READ)
_COMPANY = "/companies/<company>"

RULES: Mapping[str, Rule] = {
    "GET /health": Rule(who=Public.ANYONE),
    "GET /openapi.json": Rule(who=Public.ANYONE),
    # these three name no company: the authenticator itself writes whom they were about
    "POST /auth/login": Rule(who=Public.ANYONE, audit="sign_in"),
    "POST /auth/password": Rule(who=Public.ANYONE, audit="password_changed"),
    "POST /auth/refresh": Rule(who=Public.ANYONE, audit="session_renewal"),
    f"GET {_COMPANY}/summary": _READ,
    f"GET {_COMPANY}/collectors": _READ,
    f"GET {_COMPANY}/visits": _READ,
    f"GET {_COMPANY}/receipts": _READ,
    f"GET {_COMPANY}/receipts/<number>": _READ,
    f"GET {_COMPANY}/receipts/<number>/pdf": _READ,
    f"POST {_COMPANY}/receipts/<number>/send-again": Rule(
        who=Action.CORRECT_RECEIPT, audit="receipt_sent_again"
    ),
    f"POST {_COMPANY}/receipts/<number>/void": Rule(
        who=Action.CORRECT_RECEIPT, audit="receipt_voided", keeps=("reason",)
    ),
    f"POST {_COMPANY}/receipts/<number>/bounced-cheques": Rule(
        who=Action.CORRECT_RECEIPT, audit="cheque_bounced", keeps=("payment", "reason")
    ),
    f"GET {_COMPANY}/erp": _READ,
    f"GET {_COMPANY}/invoices/<number>/ride": _READ,
    f"GET {_COMPANY}/withholdings/<number>/ride": _READ,
    f"GET {_COMPANY}/receipts/<number>/withholdings": _READ,
    f"POST {_COMPANY}/receipts/<number>/withholdings/<line>/decision": Rule(
        who=Action.CLOSE_EXCEPTION, audit="withholding_decided", keeps=("decision", "comment")
    ),
    f"GET {_COMPANY}/visits/<visit>/acta": _READ,
    f"GET {_COMPANY}/photos/<photo>": _READ,
    f"GET {_COMPANY}/cash-closes/<close>/pdf": _READ,
    f"GET {_COMPANY}/deposits/<deposit>/pdf": _READ,
    f"GET {_COMPANY}/customers/<code>/statement": _READ,
    f"GET {_COMPANY}/customers": _READ,
    f"GET {_COMPANY}/customers/<code>": _READ,
    f"PUT {_COMPANY}/assignments/<customer>": Rule(
        who=Action.ASSIGN, audit="assignment", keeps=("collector",)
    ),
    f"POST {_COMPANY}/assignment-plans": Rule(
        who=Action.ASSIGN, audit="assignment_planned", keeps=("mode", "collector", "collectors")
    ),
    f"GET {_COMPANY}/assignment-plans/<plan>": Rule(who=Action.ASSIGN),
    f"POST {_COMPANY}/assignment-plans/<plan>/apply": Rule(who=Action.ASSIGN, audit="assignments_applied"),
    f"POST {_COMPANY}/assignment-plans/<plan>/undo": Rule(who=Action.ASSIGN, audit="assignments_undone"),
    f"GET {_COMPANY}/zones": _READ,
    f"PUT {_COMPANY}/zones/<code>": Rule(who=Action.ASSIGN, audit="zone_saved", keeps=("name", "collector")),
    f"DELETE {_COMPANY}/zones/<code>": Rule(who=Action.ASSIGN, audit="zone_removed"),
    f"GET {_COMPANY}/goals": _READ,
    f"PUT {_COMPANY}/goals/<collector>/<month>": Rule(who=Action.SET_GOALS, audit="goal_set", keeps=TARGETS),
    f"DELETE {_COMPANY}/goals/<collector>/<month>": Rule(who=Action.SET_GOALS, audit="goal_given_back"),
    f"GET {_COMPANY}/exceptions": _READ,
    f"POST {_COMPANY}/exceptions/<exception>/close": Rule(
        who=Action.CLOSE_EXCEPTION, audit="exception_closed", keeps=("comment",)
    ),
    f"POST {_COMPANY}/enrolment-codes": Rule(
        who=Action.MANAGE_DEVICES, audit="enrolment_code_issued", keeps=("collector", "days")
    ),
    f"POST {_COMPANY}/devices": Rule(who=Public.MEMBER, audit="device_enrolled", keeps=("name",)),
    f"GET {_COMPANY}/devices": Rule(who=Action.MANAGE_DEVICES),
    f"POST {_COMPANY}/devices/<device>/revoke": Rule(who=Action.MANAGE_DEVICES, audit="device_revoked"),
    f"POST {_COMPANY}/devices/<device>/wipe": Rule(
        who=Action.MANAGE_DEVICES, audit="device_wipe_asked", keeps=("reason",)
    ),
    f"POST {_COMPANY}/devices/<device>/wipe/undo": Rule(
        who=Action.MANAGE_DEVICES, audit="device_wipe_undone"
    ),
    # the phone's signature says who it is; the service itself writes when it was erased
    "POST /phones/<company>/letters": Rule(who=Public.ANYONE, audit="device_erased"),
    f"POST {_COMPANY}/devices/<device>/clock-codes": Rule(
        who=Action.MANAGE_DEVICES, audit="clock_code_given", keeps=("number",)
    ),
    f"POST {_COMPANY}/recoveries": Rule(who=Action.MANAGE_DEVICES, audit="recovery_taken_in"),
    f"GET {_COMPANY}/collectors/<collector>/track": Rule(
        who=Action.FOLLOW, audit="track_read", keeps=("on",)
    ),
    f"GET {_COMPANY}/tracking": Rule(who=Action.FOLLOW),
    f"PUT {_COMPANY}/tracking": Rule(
        who=Action.FOLLOW, audit="tracking_changed", keeps=("active", "days", "from", "to")
    ),
    f"GET {_COMPANY}/brand": _READ,
    f"PUT {_COMPANY}/brand": Rule(
        who=Action.MANAGE_BRAND, audit="brand_changed", keeps=("name", "seed_color")
    ),
    f"PUT {_COMPANY}/brand/logo": Rule(who=Action.MANAGE_BRAND, audit="logo_changed"),
    f"DELETE {_COMPANY}/brand/logo": Rule(who=Action.MANAGE_BRAND, audit="logo_removed"),
    f"GET {_COMPANY}/receipt-mail": Rule(who=Action.MANAGE_MAIL),
    f"PUT {_COMPANY}/receipt-mail": Rule(
        who=Action.MANAGE_MAIL, audit="receipt_mail_changed", keeps=("active", "from_on", "reply_to")
    ),
    f"GET {_COMPANY}/people": Rule(who=Action.MANAGE_USERS),
    f"POST {_COMPANY}/people": Rule(
        who=Action.MANAGE_USERS, audit="person_added", keeps=("email", "name", "roles", "collector")
    ),
    f"PUT {_COMPANY}/people/<email>": Rule(
        who=Action.MANAGE_USERS, audit="person_changed", keeps=("name", "roles", "collector")
    ),
    f"POST {_COMPANY}/people/<email>/disable": Rule(who=Action.MANAGE_USERS, audit="person_disabled"),
    f"POST {_COMPANY}/people/<email>/enable": Rule(who=Action.MANAGE_USERS, audit="person_enabled"),
    f"POST {_COMPANY}/people/<email>/password": Rule(who=Action.MANAGE_USERS, audit="password_reset"),
    f"GET {_COMPANY}/audit": Rule(who=Action.READ_AUDIT),
    f"GET {_COMPANY}/audit/export": Rule(
        who=Action.READ_AUDIT,
        audit="audit_exported",
        keeps=("by", "action", "subject", "from", "to", "format"),
    ),
}


def rule_of(method: str, pattern: str) -> Rule:
    """The entry of a route; raise KeyError where it has none."""
    return RULES[f"{'GET' if method == 'HEAD' else method} {pattern.removeprefix(PREFIX)}"]


def check_rules(app: Flask) -> None:
    """Raise RuntimeError for a route without an entry, or that is not audited though it may change things."""
    for route in app.url_map.iter_rules():
        for method in (route.methods or set()) - {"HEAD", "OPTIONS"}:
            try:
                rule = rule_of(method, route.rule)
            except KeyError:
                raise RuntimeError(f"{method} {route.rule} has no entry in backend.http.rules") from None
            if method != "GET" and rule.audit is None:
                raise RuntimeError(f"{method} {route.rule} is not audited: name it in backend.http.rules")
