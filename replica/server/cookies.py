"""The AuthSession cookie: who, since when, and an HMAC over both. The server keeps no table of sessions."""

from __future__ import annotations

import base64
import binascii
import hmac

from replica.errors import BadRequest

NAME = "AuthSession"


def seal(name: str, *, issued_at: int, secret: str, salt: str) -> str:
    """The value of the cookie for `name`; `salt` is the account's, so that a new password ends old
    sessions.
    """
    signed = f"{name}:{issued_at:X}"
    mac = hmac.digest((secret + salt).encode(), signed.encode(), "sha256")
    return base64.urlsafe_b64encode(signed.encode() + b":" + mac).rstrip(b"=").decode()


def opened(value: str) -> tuple[str, int, bytes]:
    """(name, issued at, HMAC) as claimed by the cookie; nothing is verified yet."""
    try:
        plain = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
        name, stamp, mac = plain.split(b":", 2)
        return name.decode("utf-8"), int(stamp, 16), mac
    except (ValueError, binascii.Error):
        raise BadRequest("Malformed AuthSession cookie. Please clear your cookies.") from None


def is_genuine(name: str, issued_at: int, mac: bytes, *, secret: str, salt: str) -> bool:
    signed = f"{name}:{issued_at:X}"
    return hmac.compare_digest(hmac.digest((secret + salt).encode(), signed.encode(), "sha256"), mac)
