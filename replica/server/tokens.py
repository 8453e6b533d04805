"""JSON Web Tokens as CouchDB's JWT handler reads them ([jwt_keys], [jwt_auth]).

Expired is 401 "exp not in future" (renew and try again); everything else that is wrong with a token is 400
with CouchDB's words, because asking again with the same token can't help.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from functools import lru_cache
from typing import Any

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from replica.errors import TokenRefused, Unauthorized
from replica.server.configuration import Configuration

KEY_KIND = {
    **dict.fromkeys(("HS256", "HS384", "HS512"), "hmac"),
    **dict.fromkeys(("RS256", "RS384", "RS512"), "rsa"),
    **dict.fromkeys(("ES256", "ES384", "ES512"), "ec"),
}
_CLAIM = re.compile(r"\{\s*(\w+)\s*,\s*\"([^\"]*)\"\s*\}|([\w:./-]+)")
_JWS = jwt.PyJWS(algorithms=list(KEY_KIND))
# Signatures found good, by token and key: a phone sends the same token with every request.
REMEMBERED = 4096


def read_token(token: str, configuration: Configuration, *, now: float) -> dict[str, Any]:
    """The claims of a valid token.

    Raises `Unauthorized` where it has expired, `TokenRefused` where it is bad.
    """
    header = _header(token)
    kind = KEY_KIND.get(header.get("alg", ""))
    if kind is None:
        raise TokenRefused(
            "Invalid alg header parameter" if "alg" in header else "Missing alg header parameter"
        )
    text = configuration.get("jwt_keys", f"{kind}:{header.get('kid', '_default')}")
    if not text:
        raise TokenRefused("Unknown kid")
    claims = _signed_claims(token, header["alg"], kind, text)
    _check_claims(claims, configuration.get("jwt_auth", "required_claims"), now)
    return claims


def _header(token: str) -> dict[str, Any]:
    try:
        segment = token.split(".", maxsplit=1)[0]
        if token.count(".") != 2:
            raise TokenRefused("Malformed token")
        header = json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    except (ValueError, binascii.Error):
        raise TokenRefused("Malformed token") from None
    if not isinstance(header, dict) or not isinstance(header.get("alg", ""), str):
        raise TokenRefused("Malformed token")
    return header


@lru_cache(maxsize=REMEMBERED)
def _signed_claims(token: str, algorithm: str, kind: str, key_text: str) -> dict[str, Any]:
    """The claims of a token whose signature is good. Nobody changes the dictionary that comes back."""
    try:
        claims = json.loads(_JWS.decode(token, _key(kind, key_text), algorithms=[algorithm]))
    except jwt.InvalidSignatureError:
        raise TokenRefused("Bad HMAC" if kind == "hmac" else "Bad signature") from None
    except (jwt.PyJWTError, ValueError, TypeError):
        raise TokenRefused("Malformed token") from None
    if not isinstance(claims, dict):
        raise TokenRefused("Malformed token")
    return claims


def _key(kind: str, text: str) -> Any:
    try:
        if kind == "hmac":
            return base64.b64decode(text, validate=True)
        return load_pem_public_key(text.replace("\\n", "\n").encode())
    except (ValueError, binascii.Error, UnsupportedAlgorithm):
        raise TokenRefused("Unknown kid") from None


def _check_claims(claims: dict[str, Any], required: str, now: float) -> None:
    for name, value, bare in _CLAIM.findall(required):
        claim = name or bare
        if claim not in claims:
            raise TokenRefused(f"Missing {claim} claim")
        if name and claims[claim] != value:
            raise TokenRefused(f"Invalid {claim} claim")
        if claim == "nbf" and not (_is_instant(claims["nbf"]) and claims["nbf"] <= now):
            raise Unauthorized("nbf not in past")
        if claim == "iat" and not _is_instant(claims["iat"]):
            raise TokenRefused("Invalid iat claim")
    if "exp" in claims and not _is_instant(claims["exp"]):
        raise TokenRefused("Invalid exp claim")
    if "exp" in claims and claims["exp"] <= now:
        raise Unauthorized("exp not in future")


def _is_instant(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def roles_of(claims: dict[str, Any], configuration: Configuration) -> tuple[str, ...]:
    """The roles at `roles_claim_path` (dots that belong to a name are escaped), a list or comma-separated
    text.
    """
    flat = configuration.get("jwt_auth", "roles_claim_name")
    path = [flat] if flat else re.split(r"(?<!\\)\.", configuration.get("jwt_auth", "roles_claim_path"))
    value: Any = claims
    for step in path:
        value = value.get(step.replace("\\.", ".")) if isinstance(value, dict) else None
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",")]
    return tuple(role for role in value if isinstance(role, str)) if isinstance(value, list) else ()
