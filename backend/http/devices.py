"""Phones: the code that lets a new one in, its enrolment, and shutting it out."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from backend.auth import locked
from backend.bootstrap import Services
from backend.couch.client import Json
from backend.errors import ApiProblem
from backend.http.guard import asking, bearer_token, origin_of
from backend.http.inputs import Inputs
from backend.services.accounts import find_account
from backend.services.enrolment import (
    Device,
    claim_of,
    database_of,
    enrol_device,
    is_known_phone,
    last_contacts,
    list_devices,
    revoke_device,
)
from backend.services.enrolment_codes import LIFETIME, LONGEST_LIFE, CodeRefused, NoSuchCollector, describe
from backend.services.wiping import describe_order, is_to_be_erased
from backend.signatures import is_signed_by
from receivables.signatures import enrolment_message


def devices_blueprint(services: Services) -> Blueprint:
    routes = Blueprint("devices", __name__, url_prefix="/companies/<company>")
    couch = services.couch

    @routes.post("/enrolment-codes")
    def issue_code(company: str) -> ResponseReturnValue:
        inputs = Inputs.of_body(request)
        collector = inputs.collector(required=True)
        lifetime = inputs.days("days", most=LONGEST_LIFE.days) or LIFETIME
        inputs.check()
        try:
            issued = services.enrolment_codes.issue(
                company,
                collector=str(collector),
                by=asking().subject,
                now=services.now(),
                lifetime=lifetime,
            )
        except NoSuchCollector as unknown:
            raise ApiProblem("collector_unknown", data={"code": collector}) from unknown
        return describe(issued, api_url=services.settings.api_url), 201

    @routes.post("/devices")
    def enrol(company: str) -> ResponseReturnValue:
        inputs = Inputs.of_body(request)
        name, public_key = inputs.text("name", longest=100), inputs.ed25519_key("public_key")
        proof, attempt = inputs.text("proof", longest=100), inputs.text("attempt", longest=64)
        code = inputs.text("code", longest=20, required=False)
        inputs.check()
        email = asking().subject
        account = find_account(couch, email)
        collector = account.collects_for(company) if account else None
        if collector is None:
            raise ApiProblem("not_a_collector")
        if not is_signed_by(public_key, proof, enrolment_message(company, bearer_token(request))):
            raise ApiProblem("proof_invalid")
        if is_to_be_erased(couch, company, public_key):
            raise ApiProblem("phone_to_be_wiped")
        claim = claim_of(email, public_key, attempt)
        phone = {"collector": collector, "email": email, "public_key": public_key}
        if code:
            _spend(services, company, code, email=email, claim=claim)
        elif not is_known_phone(couch, company, **phone):
            raise ApiProblem("code_needed")
        device = enrol_device(
            couch,
            claim=claim,
            company=company,
            **phone,
            name=name,
            now=services.now(),
            random_bytes=services.random_bytes,
        )
        if is_to_be_erased(couch, company, public_key) or not _still_collects(services, company, device):
            revoke_device(couch, company=company, device=device.id, now=services.now())
            raise ApiProblem("not_a_collector")
        tokens = services.authenticator.tokens_of_device(company, device, origin_of(request), services.now())
        return {
            "device": device.id,
            "series": device.series,
            "collector": device.collector,
            "database": database_of(company, device),
            "couchdb_url": services.settings.public_couchdb_url,
            "recovery_key": services.recovery_key(company).public,
            **tokens,
        }, 201

    @routes.get("/devices")
    def devices(company: str) -> ResponseReturnValue:
        contacts = last_contacts(couch, company)
        return {"items": [_described(doc, contacts) for doc in list_devices(couch, company)]}

    @routes.post("/devices/<device>/revoke")
    def revoke(company: str, device: str) -> ResponseReturnValue:
        revoked = revoke_device(couch, company=company, device=device, now=services.now())
        if revoked is None:
            raise ApiProblem("device_unknown")
        return {"device": revoked.id, "collector": revoked.collector, "revoked": revoked.revoked}

    return routes


def _described(document: Json, contacts: Mapping[str, Json]) -> Json:
    device = document["_id"].partition(":")[2]
    last = contacts.get(device) or {}
    shown = ("collector", "email", "name", "series", "enrolled_at", "revoked_at")
    return {
        "device": device,
        **{key: document[key] for key in shown},
        "last_contact_at": last.get("at"),
        "app": last.get("app"),
        "wipe": describe_order(document.get("wipe")),
    }


def _still_collects(services: Services, company: str, device: Device) -> bool:
    """Asked after the phone was let in: who was let go meanwhile may have been looked for before that."""
    account = find_account(services.couch, device.email)
    return account is not None and account.collects_for(company) == device.collector


def _spend(services: Services, company: str, code: str, *, email: str, claim: str) -> None:
    """Wrong codes are counted by account, whatever address they come from: they take its password first."""
    where = f"enrolment codes of {email}"
    if seconds := services.attempts.seconds_locked(where, email, services.now()):
        raise locked(seconds)
    try:
        services.enrolment_codes.spend(company, code, email=email, claim=claim, now=services.now())
    except CodeRefused as refused:
        services.attempts.failed(where, email, services.now())
        raise ApiProblem("code_invalid") from refused
    services.attempts.succeeded(where, email)
