"""Opening what phones seal for the office: the other half of the phone's X25519, HKDF, AES-256-GCM box.

A company's key pair is derived from the signing secret, so there is nothing more to keep. Whoever changes
that secret opens older boxes with the older one.
"""

from __future__ import annotations

import base64
import zlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from receivables.recovery import MAGIC, SEAL_CONTEXT, SEAL_NONCE, BadRecovery

KEY_BYTES = 32
PRIME = 2**255 - 19
LARGEST_CONTENT = 256 * 1024 * 1024
"""Bytes that a box may grow to when it is opened: weeks of photographs, and no bomb."""


class RecoveryKey:
    """The key pair of one company."""

    def __init__(self, secret: bytes, company: str) -> None:
        info = b"recaudo recovery key of " + company.encode()
        derived = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(secret)
        self._private = X25519PrivateKey.from_private_bytes(derived)

    @property
    def public(self) -> str:
        """What the phones seal with, base64."""
        return base64.b64encode(self._public).decode()

    @property
    def _public(self) -> bytes:
        return self._private.public_key().public_bytes_raw()

    def shared_with(self, phone: str) -> bytes:
        """32 bytes that only the office and the holder of the Ed25519 key `phone` (base64) know.

        Raise ValueError for a key that is none.
        """
        return self._private.exchange(X25519PublicKey.from_public_bytes(_on_curve25519(phone)))

    def open(self, box: bytes, *, largest: int = LARGEST_CONTENT) -> bytes:
        """What was sealed; raise BadRecovery for anything that was not sealed with this key, or is more than
        `largest` bytes.
        """
        start = len(MAGIC) + KEY_BYTES
        public = box[len(MAGIC) : start]
        if not box.startswith(MAGIC) or len(public) != KEY_BYTES:
            raise BadRecovery("recovery_unreadable")
        try:
            shared = self._private.exchange(X25519PublicKey.from_public_bytes(public))
            key = HKDF(
                algorithm=SHA256(), length=KEY_BYTES, salt=public + self._public, info=SEAL_CONTEXT
            ).derive(shared)
            packed = AESGCM(key).decrypt(SEAL_NONCE, box[start:], MAGIC + public)
            return _unpacked(packed, largest)
        except (InvalidTag, ValueError, zlib.error) as error:
            raise BadRecovery("recovery_not_for_us") from error


def _on_curve25519(phone: str) -> bytes:
    """An Ed25519 public key as X25519 takes it: u = (1 + y) / (1 - y), RFC 7748 §4.1."""
    y = int.from_bytes(base64.b64decode(phone, validate=True), "little") % 2**255
    if y == 1:
        raise ValueError("the neutral element is nobody's key")
    return ((1 + y) * pow(1 - y, -1, PRIME) % PRIME).to_bytes(KEY_BYTES, "little")


def _unpacked(packed: bytes, largest: int) -> bytes:
    reader = zlib.decompressobj()
    content = reader.decompress(packed, largest)
    if not reader.eof:
        raise ValueError("the content is larger than it may be, or cut short")
    return content
