"""What a phone signs with its device key, and what its signature then says.

The rule is here, the arithmetic is not: `sign` and `verify` are arguments, Ed25519 (RFC 8032) in every app.
Each kind of message begins with a name of its own, so that no signature can stand for another.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from receivables.validation import Problem

Sign = Callable[[bytes], str]
"""The signature of a message, base64."""

Verify = Callable[[str, bytes], bool]
"""Is this signature (base64) the device's, of this message?"""


def enrolment_message(company: str, access_token: str) -> bytes:
    """What a phone signs to prove that it holds the key it enrols with; good for one sign-in only."""
    return f"recaudo enrolment 1\n{company}\n{access_token}".encode()


def receipt_message(receipt: Mapping[str, Any]) -> bytes:
    """What is signed of a receipt: its company, id and hash, which covers all the rest and the one before."""
    return f"recaudo receipt 1\n{receipt['company']}\n{receipt['_id']}\n{receipt['hash']}".encode()


def sign_receipt(receipt: Mapping[str, Any], sign: Sign) -> dict[str, Any]:
    """The receipt with its `signature`, which its hash leaves out."""
    return {**receipt, "signature": sign(receipt_message(receipt))}


def signature_problem(receipt: Mapping[str, Any], verify: Verify, *, signs: bool) -> Problem | None:
    """`signature_wrong`, or `signature_missing` where the device `signs`; older phones did not sign."""
    signature, named = receipt.get("signature"), {"number": receipt["number"]}
    if signature is None:
        return Problem("signature_missing", receipt["_id"], named) if signs else None
    if verify(str(signature), receipt_message(receipt)):
        return None
    return Problem("signature_wrong", receipt["_id"], named)
