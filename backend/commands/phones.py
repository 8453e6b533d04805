"""Phones by command: shutting one out, ordering one erased, and taking that back.

The same services as the API's, with the same audit for what erases.
"""

from __future__ import annotations

import argparse
import secrets
from typing import Any

from backend.audit import Audit, Origin
from backend.bootstrap import system_now
from backend.commands.common import AddCommand, CommandFailed, operator, require_company
from backend.config import Settings
from backend.couch.client import Couch, connect
from backend.services.enrolment import revoke_device
from backend.services.wiping import HeardAlready, NoOrder, order_wipe, undo_order
from receivables.identifiers import new_ulid
from receivables.wiping import state_of


def add_phone_commands(command: AddCommand) -> None:
    _of_one(command("revoke-device", _revoke, "shut a phone out of its collector's database"))
    wipe = command(
        "wipe-device", _wipe, "have a phone hand over what it holds and erase the company at its next contact"
    )
    _of_one(wipe)
    wipe.add_argument("--reason", required=True)
    _of_one(command("undo-wipe", _undo, "take wipe-device back, while the phone has not heard of it"))


def _of_one(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("device")
    parser.add_argument("--company", required=True)


def _revoke(options: argparse.Namespace, settings: Settings) -> int:
    with connect(settings) as couch:
        require_company(couch, options.company)
        device = revoke_device(couch, company=options.company, device=options.device, now=system_now())
    if device is None:
        raise _unknown(options)
    print(f"{device.id} of {device.collector} is shut out")
    return 0


def _wipe(options: argparse.Namespace, settings: Settings) -> int:
    with connect(settings) as couch:
        require_company(couch, options.company)
        _record(couch, options, "device_wipe_asked", {"reason": options.reason})
        now = system_now()
        standing = order_wipe(
            couch,
            options.company,
            options.device,
            order=new_ulid(now, secrets.token_bytes(10)),
            by=operator(),
            reason=options.reason,
            now=now,
        )
    if standing is None:
        raise _unknown(options)
    print(f"{options.device} is shut out and to be erased: {state_of(standing).value}")
    return 0


def _undo(options: argparse.Namespace, settings: Settings) -> int:
    with connect(settings) as couch:
        require_company(couch, options.company)
        _record(couch, options, "device_wipe_undone")
        try:
            document = undo_order(couch, options.company, options.device)
        except NoOrder:
            raise CommandFailed(f"nobody has asked to erase {options.device}") from None
        except HeardAlready:
            raise CommandFailed(f"{options.device} has heard of it: it can't be taken back") from None
    if document is None:
        raise _unknown(options)
    print(f"{options.device} is not to be erased")
    return 0


def _record(
    couch: Couch, options: argparse.Namespace, action: str, values: dict[str, Any] | None = None
) -> None:
    Audit(couch, secrets.token_bytes).append(
        options.company,
        by=operator(),
        action=action,
        subject=options.device,
        values=values,
        origin=Origin(address="", agent="python -m backend"),
        now=system_now(),
    )


def _unknown(options: argparse.Namespace) -> CommandFailed:
    return CommandFailed(f"{options.company} has no device {options.device}")
