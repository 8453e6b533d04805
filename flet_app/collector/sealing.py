"""A box that only the office opens: X25519, HKDF-SHA256, AES-256-GCM, with a key for this box alone."""

from __future__ import annotations

import base64
import zlib

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from receivables.recovery import MAGIC, SEAL_CONTEXT, SEAL_NONCE


def seal(content: bytes, recipient: str, *, secret: bytes) -> bytes:
    """Compress and seal `content` for the holder of the public key `recipient` (base64).

    `secret` is 32 random bytes that nobody uses again.
    """
    ours = X25519PrivateKey.from_private_bytes(secret)
    public = ours.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    theirs = base64.b64decode(recipient, validate=True)
    shared = ours.exchange(X25519PublicKey.from_public_bytes(theirs))
    key = HKDF(algorithm=SHA256(), length=32, salt=public + theirs, info=SEAL_CONTEXT).derive(shared)
    return MAGIC + public + AESGCM(key).encrypt(SEAL_NONCE, zlib.compress(content, 9), MAGIC + public)
