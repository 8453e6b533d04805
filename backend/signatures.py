"""Ed25519 signatures of phones (RFC 8032), checked with the public key that a device enrolled with."""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


def is_signed_by(public_key: str, signature: str, message: bytes) -> bool:
    """Is `signature` (base64) that of `message` by the holder of `public_key` (base64 of 32 bytes)?"""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
