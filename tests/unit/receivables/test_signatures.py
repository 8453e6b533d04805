"""What a device's signature says of a receipt: written by it, unchanged; and older phones did not sign."""

from __future__ import annotations

import base64
import hashlib
import hmac

from receivables.receipts import receipt_hash, verify_chain
from receivables.signatures import receipt_message, sign_receipt, signature_problem
from tests.support.builders import a_receipt


def sign(message: bytes) -> str:
    return base64.b64encode(hmac.new(b"key", message, hashlib.sha512).digest()).decode()


def verify(signature: str, message: bytes) -> bool:
    return signature == sign(message)


def test_a_signed_receipt_is_its_devices() -> None:
    assert signature_problem(sign_receipt(a_receipt(1), sign), verify, signs=True) is None


def test_the_hash_leaves_the_signature_out() -> None:
    receipt = a_receipt(1)
    receipt["hash"] = receipt_hash(receipt["previous_hash"], receipt)
    signed = sign_receipt(receipt, sign)
    assert receipt_hash(receipt["previous_hash"], signed) == receipt["hash"]
    assert verify_chain([signed]) == []


def test_another_hash_another_number_or_another_company_is_not_what_was_signed() -> None:
    signed = sign_receipt(a_receipt(1), sign)
    for change in ({"hash": "0" * 64}, {"_id": "receipt:R0001:00000009"}, {"company": "beta"}):
        problem = signature_problem(signed | change, verify, signs=True)
        assert problem is not None
        assert problem.code == "signature_wrong"


def test_a_receipt_of_a_phone_that_did_not_sign_is_accepted_for_ever() -> None:
    assert signature_problem(a_receipt(1), verify, signs=False) is None


def test_a_phone_that_signs_leaves_no_receipt_unsigned() -> None:
    problem = signature_problem(a_receipt(1), verify, signs=True)
    assert problem is not None
    assert problem.code == "signature_missing"


def test_each_message_names_what_it_is() -> None:
    assert receipt_message(a_receipt(1)).startswith(b"recaudo receipt 1\n")
