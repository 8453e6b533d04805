"""The AuthSession cookie: who, since when, and an HMAC over both. The server keeps no table of sessions."""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import NamedTuple

from replica.errors import BadRequest

NAME = "AuthSession"
UNASKED = b".basic"


class Cookie(NamedTuple):
    """What a cookie claims; `unasked` marks one that a Basic sign-in was answered with."""

    name: str
    issued_at: int
    unasked: bool
    mac: bytes


def seal(name: str, *, issued_at: int, secret: str, salt: str, unasked: bool = False) -> str:
    """The value of the cookie for `name`; `salt` is the account's, so that a new password ends old
    sessions.
    """
    signed = _signed(name, issued_at, unasked)
    return base64.urlsafe_b64encode(signed + b":" + _mac(signed, secret, salt)).rstrip(b"=").decode()


def opened(value: str) -> Cookie:
    """Nothing is verified yet. Raise `BadRequest` where it is no cookie of ours at all."""
    try:
        plain = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4))
        name, stamp, mac = plain.split(b":", 2)
        instant, mark, _ = stamp.partition(UNASKED)
        return Cookie(name.decode("utf-8"), int(instant, 16), bool(mark), mac)
    except (ValueError, binascii.Error):
        raise BadRequest("Malformed AuthSession cookie. Please clear your cookies.") from None


def is_genuine(cookie: Cookie, *, secret: str, salt: str) -> bool:
    signed = _signed(cookie.name, cookie.issued_at, cookie.unasked)
    return hmac.compare_digest(_mac(signed, secret, salt), cookie.mac)


def _signed(name: str, issued_at: int, unasked: bool) -> bytes:
    return f"{name}:{issued_at:X}".encode() + (UNASKED if unasked else b"")


def _mac(signed: bytes, secret: str, salt: str) -> bytes:
    return hmac.digest((secret + salt).encode(), signed, "sha256")
