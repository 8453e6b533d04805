"""A first look at a password, so that wrong ones never reach CouchDB.

CouchDB locks an account after five wrong passwords from one address, and every sign-in reaches it from this
backend's: strangers anywhere could lock a person out. So the hash of the account is compared here first,
and CouchDB, which has the last word, is asked only about passwords that match.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

ITERATIONS = 50_000  # those of a CouchDB account, spent on unknown accounts too so that time tells nothing
_HASHES = {"sha": "sha1", "sha224": "sha224", "sha256": "sha256", "sha384": "sha384", "sha512": "sha512"}


def may_match(account: Mapping[str, Any] | None, password: str) -> bool:
    """False where `password` is certainly not that of the `_users` document, or there is no account.

    True where it matches, and where the account is hashed by a scheme that only CouchDB knows.
    """
    if account is None:
        hashlib.pbkdf2_hmac("sha256", password.encode(), b"nobody", ITERATIONS)
        return False
    name = _HASHES.get(str(account.get("pbkdf2_prf", "sha")))
    stored, salt, iterations = (account.get(key) for key in ("derived_key", "salt", "iterations"))
    known = isinstance(stored, str) and isinstance(salt, str) and isinstance(iterations, int)
    if account.get("password_scheme") != "pbkdf2" or name is None or not known:
        return True
    derived = hashlib.pbkdf2_hmac(name, password.encode(), str(salt).encode(), int(iterations or 1))
    return hmac.compare_digest(derived.hex(), str(stored).lower())
