"""What a CouchDB needs before Recaudo can use it, and the proof that it accepts the tokens that we sign.

`jwt_keys` applies at once. The handler that reads tokens is in no stock CouchDB: it has to be named in its
ini file and the server restarted, which nobody can do through HTTP; then the exact lines are what we can
give.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime

from backend.config import Settings
from backend.couch.client import Couch
from backend.couch.errors import BadRequest, Unauthorized
from backend.couch.sessions import session_of_token
from backend.tokens import Tokens

SYSTEM_DATABASES = ("_users", "_replicator", "_global_changes")
PROBE = "recaudo-probe"
HANDLERS = (
    "{chttpd_auth, cookie_authentication_handler}, {chttpd_auth, jwt_authentication_handler}, "
    "{chttpd_auth, default_authentication_handler}"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether CouchDB takes our tokens; `advice` says what to do where it doesn't."""

    accepted: bool
    advice: str = ""


def prepare_couchdb(couch: Couch, settings: Settings, *, now: datetime) -> Verdict:
    """Set the signing key on every node, make the system databases, and try a token. May be repeated."""
    key, value = jwt_key(settings)
    for node in couch.nodes():
        if couch.get_node_config(node, "jwt_keys", key) != value:
            couch.put_node_config(node, "jwt_keys", key, value)
    for name in SYSTEM_DATABASES:
        couch.create_database(name)
    return check_tokens(settings, now=now)


def check_tokens(settings: Settings, *, now: datetime) -> Verdict:
    """Ask CouchDB whom it takes the bearer of a token of ours for. Raise CouchError where it can't be
    asked.
    """
    tokens = Tokens(settings.require_jwt_secret(), settings.jwt_kid)
    token, _ = tokens.issue(PROBE, [f"d:{PROBE}"], now)
    try:
        session = session_of_token(settings.couchdb_url, token)
    except (BadRequest, Unauthorized) as error:
        return Verdict(False, _advice(settings, f"CouchDB refuses our token ({error.reason})."))
    if session.name != PROBE:
        return Verdict(False, _advice(settings, "CouchDB ignores bearer tokens."))
    if f"d:{PROBE}" not in session.roles:
        return Verdict(False, _advice(settings, "CouchDB does not read roles from our token."))
    return Verdict(True)


def jwt_key(settings: Settings) -> tuple[str, str]:
    """The name and the value of our key in CouchDB's section `jwt_keys`."""
    secret = settings.require_jwt_secret()
    return f"hmac:{settings.jwt_kid}", base64.b64encode(secret).decode()


def missing_databases(couch: Couch) -> list[str]:
    """System databases that are not there yet. Raise CouchError where the server can't be asked."""
    return [name for name in SYSTEM_DATABASES if couch.database_info(name) is None]


def _advice(settings: Settings, finding: str) -> str:
    return (
        f"{finding} Put these lines into local.ini of every node of {settings.couchdb_url}, "
        "and restart it:\n\n"
        f"[chttpd]\nauthentication_handlers = {HANDLERS}\n\n"
        "[jwt_auth]\nrequired_claims = exp\nroles_claim_path = _couchdb\\.roles\n\n"
        f"[jwt_keys]\nhmac:{settings.jwt_kid} = <the value of RECAUDO_JWT_SECRET>\n\n"
        "Then run: python -m backend prepare-couchdb"
    )
