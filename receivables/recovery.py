"""What a recovery file says once it is open: the facts that were only on a phone, signed by the phone.

The file is for the day on which a phone can't send: broken radio, locked out, on its way to the workshop.
Sealing it so that nobody but the office reads it is the phone's and the office's own business.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from receivables.documents import Json, rfc3339

MAGIC = b"RECAUDO-RECOVERY-1\n"
"""What a sealed file begins with; the sealed box follows."""

SEAL_CONTEXT = b"recaudo recovery 1"
"""What the key of the box is derived for."""


SEAL_NONCE = bytes(12)
"""A key seals one box and no more, so the nonce needs no chance."""


class BadRecovery(ValueError):
    """Not a recovery file, or not one that can be believed; the message is the code of a problem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """Facts as documents with `_rev`, `_revisions` and whole attachments, and the device that gives them.

    `letter` is what a phone says along with them that is to be erased (receivables/wiping.py), else None.
    """

    company: str
    collector: str
    device: str
    made_at: str
    facts: tuple[Json, ...]
    letter: Json | None = None


def pack_recovery(
    facts: Sequence[Mapping[str, Any]],
    *,
    company: str,
    collector: str,
    device: str,
    now: datetime,
    sign: Callable[[bytes], str],
    letter: Json | None = None,
) -> bytes:
    """The signed text of a recovery; `sign` gives the device's Ed25519 signature as base64."""
    said = {} if letter is None else {"letter": letter}
    body = json.dumps(
        {
            "company": company,
            "collector": collector,
            "device": device,
            "made_at": rfc3339(now),
            "facts": list(facts),
            **said,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return json.dumps({"body": body, "signature": sign(recovery_message(body))}).encode()


def unpack_recovery(text: bytes, key_of: Callable[[str], str | None], verify: Verify) -> Recovery:
    """Read what `pack_recovery` wrote; raise BadRecovery.

    `key_of` gives the public key of a device, or None for one that nobody knows.
    """
    try:
        outer = json.loads(text)
        body = json.loads(outer["body"])
        recovery = Recovery(
            company=str(body["company"]),
            collector=str(body["collector"]),
            device=str(body["device"]),
            made_at=str(body["made_at"]),
            facts=tuple(body["facts"]),
            letter=body.get("letter"),
        )
        signature, signed = str(outer["signature"]), str(outer["body"])
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise BadRecovery("recovery_unreadable") from error
    if not all(_is_document(fact) for fact in recovery.facts):
        raise BadRecovery("recovery_unreadable")
    key = key_of(recovery.device)
    if key is None:
        raise BadRecovery("recovery_device_unknown")
    if not verify(key, signature, recovery_message(signed)):
        raise BadRecovery("recovery_signature_wrong")
    return recovery


Verify = Callable[[str, str, bytes], bool]
"""Is the signature (base64) that of the message by the holder of the public key (base64)?"""


def _is_document(fact: object) -> bool:
    return isinstance(fact, dict) and isinstance(fact.get("_id"), str)


def recovery_message(body: str) -> bytes:
    """What the device signs of a recovery."""
    return f"recaudo recovery 1\n{body}".encode()
