"""Password hashes as CouchDB stores them: PBKDF2 in `_users` documents and in the ini section [admins].

Checking costs tens of milliseconds on purpose, so a verified pair is remembered for a while under a key
that exists only in this process; the memory is bounded and holds no password.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections import OrderedDict
from threading import Lock
from typing import Any

KEY_LENGTH = {"sha": 20, "sha224": 28, "sha256": 32, "sha384": 48, "sha512": 64}
# More iterations than any sane account has would let one document occupy a processor for minutes.
MAX_ITERATIONS = 10_000_000
REMEMBERED = 4096
_ADMIN = re.compile(
    r"-pbkdf2(?::(?P<prf>sha\d*))?-(?P<key>[0-9a-f]+),(?P<salt>[0-9a-fA-F]+),(?P<iterations>\d+)"
)


def derive(password: str, salt: str, iterations: int, prf: str) -> str:
    """The hexadecimal PBKDF2 key (RFC 8018); the salt is used as text, as CouchDB does."""
    name = "sha1" if prf == "sha" else prf
    return hashlib.pbkdf2_hmac(
        name, password.encode(), salt.encode(), min(max(iterations, 1), MAX_ITERATIONS), KEY_LENGTH[prf]
    ).hex()


def hashed_fields(password: str, *, iterations: int, prf: str) -> dict[str, Any]:
    """The fields that replace `password` in a `_users` document."""
    salt = secrets.token_hex(16)
    return {
        "password_scheme": "pbkdf2",
        "pbkdf2_prf": prf,
        "salt": salt,
        "iterations": iterations,
        "derived_key": derive(password, salt, iterations, prf),
    }


class PasswordCheck:
    """Does this password match these stored fields? Constant time; remembers a yes."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, None] = OrderedDict()
        self._lock = Lock()

    def matches(self, password: str, stored: dict[str, Any]) -> bool:
        scheme = stored.get("password_scheme")
        if scheme == "simple":
            digest = hashlib.sha1((password + str(stored.get("salt", ""))).encode()).hexdigest()  # noqa: S324
            return hmac.compare_digest(digest, str(stored.get("password_sha", "")))
        prf = str(stored.get("pbkdf2_prf", "sha"))
        if scheme != "pbkdf2" or prf not in KEY_LENGTH or not isinstance(stored.get("iterations"), int):
            return False
        expected, salt = str(stored.get("derived_key", "")), str(stored.get("salt", ""))
        proof = hmac.digest(self._key, f"{expected}\0{salt}\0{password}".encode(), "sha256")
        if self._remembers(proof):
            return True
        if not hmac.compare_digest(derive(password, salt, stored["iterations"], prf), expected):
            return False
        with self._lock:
            self._known[proof] = None
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return True

    def _remembers(self, proof: bytes) -> bool:
        with self._lock:
            if proof not in self._known:
                return False
            self._known.move_to_end(proof)
            return True

    def matches_admin(self, password: str, configured: str) -> bool:
        """`configured` is a value of [admins]: a PBKDF2 hash, or the plain text that a person typed into the
        file.
        """
        found = _ADMIN.fullmatch(configured)
        if found is None:
            return not configured.startswith("-") and hmac.compare_digest(
                password.encode(), configured.encode()
            )
        return self.matches(
            password,
            {
                "password_scheme": "pbkdf2",
                "pbkdf2_prf": found["prf"] or "sha",
                "derived_key": found["key"],
                "salt": found["salt"],
                "iterations": int(found["iterations"]),
            },
        )


def admin_hash(password: str, *, iterations: int, prf: str) -> str:
    """What `PUT /_node/_local/_config/admins/<name>` stores instead of the plain password."""
    fields = hashed_fields(password, iterations=iterations, prf=prf)
    return f"-pbkdf2:{prf}-{fields['derived_key']},{fields['salt']},{iterations}"
