"""Erasing a phone: the office's order, its undoing, and the letters in which the phone asks and answers."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from backend.bootstrap import Services
from backend.errors import ApiProblem
from backend.http.guard import asking, origin_of
from backend.http.inputs import Inputs
from backend.services.enrolment import find_device
from backend.services.recovery import read_recovery
from backend.services.wiping import (
    HeardAlready,
    NoOrder,
    answer_letter,
    describe_order,
    order_wipe,
    undo_order,
)
from receivables.identifiers import is_code, new_ulid
from receivables.recovery import BadRecovery, Recovery
from receivables.wiping import BadLetter, Letter, answer

LARGEST_LETTER = 8 * 1024 * 1024
"""Bytes: a phone hands its facts over a few at a time."""

LARGEST_OPENED = 8 * LARGEST_LETTER
LONGEST_REASON = 500


def wiping_blueprint(services: Services) -> Blueprint:
    routes = Blueprint("wiping", __name__)
    couch = services.couch

    @routes.post("/companies/<company>/devices/<device>/wipe")
    def wipe(company: str, device: str) -> ResponseReturnValue:
        inputs = Inputs.of_body(request)
        reason = inputs.text("reason", longest=LONGEST_REASON)
        inputs.check()
        now = services.now()
        standing = order_wipe(
            couch,
            company,
            device,
            order=new_ulid(now, services.random_bytes(10)),
            by=asking().subject,
            reason=reason,
            now=now,
        )
        if standing is None:
            raise ApiProblem("device_unknown")
        return {"device": device, "wipe": describe_order(standing)}

    @routes.post("/companies/<company>/devices/<device>/wipe/undo")
    def undo(company: str, device: str) -> ResponseReturnValue:
        try:
            document = undo_order(couch, company, device)
        except NoOrder as none:
            raise ApiProblem("wipe_not_asked") from none
        except HeardAlready as heard:
            raise ApiProblem("wipe_heard") from heard
        if document is None:
            raise ApiProblem("device_unknown")
        return {"device": device, "revoked": document["revoked_at"] is not None}

    @routes.post("/phones/<company>/letters")
    def letter(company: str) -> ResponseReturnValue:
        request.max_content_length = LARGEST_LETTER
        box, now = request.get_data(), services.now()

        def record() -> None:
            device = find_device(couch, company, recovery.device)
            services.audit.append(
                company, by=device.email if device else recovery.device, action="device_erased",
                subject=recovery.device, origin=origin_of(request, recovery.device), now=now,
            )  # fmt: skip

        def end_sessions(device: str) -> None:
            services.authenticator.refresh_tokens.revoke_family(company, device, now)

        try:
            recovery, said = _opened(services, company, box)
            told = answer_letter(
                couch, company, recovery, said, box, now=now, record=record, end_sessions=end_sessions
            )
        except (BadRecovery, BadLetter) as bad:
            raise ApiProblem(str(bad)) from bad
        return answer(told, said.nonce)

    return routes


def _opened(services: Services, company: str, box: bytes) -> tuple[Recovery, Letter]:
    """What a phone of the company has signed and sealed; raise BadRecovery or BadLetter.

    Who has not the company's key learns nothing here, not even whether there is such a company.
    """
    if not is_code(company):
        raise BadRecovery("recovery_unreadable")
    content = services.recovery_key(company).open(box, largest=LARGEST_OPENED)
    recovery = read_recovery(services.couch, company, content)
    return recovery, Letter.from_json(recovery.letter)
