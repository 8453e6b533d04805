"""What a RIDE says, as texts in order: the head of every electronic document, and the parts of each kind.

The required blocks are those of the SRI's *ficha técnica*. Amounts are printed as the XML wrote them, with
its decimals and its point, so that whoever compares the two sees the same figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from paperwork.sri_names import EMISSIONS, ENVIRONMENTS
from receivables.access_keys import TEST
from receivables.electronic_documents import (
    AUTHORISED,
    ElectronicDocument,
    ElectronicInvoice,
    Issuer,
)

Pairs = tuple[tuple[str, str], ...]

_ECUADOR = timezone(timedelta(hours=-5))


@dataclass(frozen=True, slots=True, kw_only=True)
class RideHead:
    """Who issued which document with whose authorisation. `warning` is empty for a valid one."""

    created_at: datetime
    title: str
    number: str
    ruc: str
    legal_name: str
    trade_name: str
    issuer: Pairs
    legends: tuple[str, ...]
    authorisation: Pairs
    access_key: str
    warning: str


def ride_head(document: ElectronicDocument) -> RideHead:
    """Read what both kinds of document have in common."""
    content, issuer = document.content, document.content.issuer
    return RideHead(
        created_at=_issued_at(content.issued_on),
        title="FACTURA" if isinstance(content, ElectronicInvoice) else "COMPROBANTE DE RETENCIÓN",
        number=issuer.number,
        ruc=issuer.ruc,
        legal_name=issuer.legal_name,
        trade_name=issuer.trade_name,
        issuer=stated(
            ("Dirección matriz", issuer.head_office),
            ("Dirección sucursal", issuer.branch_address),
            ("Contribuyente especial n.º", issuer.special_taxpayer),
            ("Obligado a llevar contabilidad", issuer.keeps_accounts),
            ("Agente de retención res. n.º", issuer.withholding_agent),
        ),
        legends=(issuer.simplified_regime,) if issuer.simplified_regime else (),
        authorisation=_authorisation(document, issuer),
        access_key=issuer.access_key,
        warning=_warning(document),
    )


def stated(*pairs: tuple[str, str]) -> Pairs:
    """The pairs that have a value."""
    return tuple((label, value) for label, value in pairs if value)


def _authorisation(document: ElectronicDocument, issuer: Issuer) -> Pairs:
    answer = document.authorisation
    return (
        ("NÚMERO DE AUTORIZACIÓN", (answer.number if answer else "") or "—"),
        ("FECHA Y HORA DE AUTORIZACIÓN", (answer.authorised_at if answer else "") or "—"),
        ("AMBIENTE", ENVIRONMENTS.get(issuer.environment, issuer.environment)),
        ("EMISIÓN", EMISSIONS.get(issuer.emission, issuer.emission)),
    )


def _warning(document: ElectronicDocument) -> str:
    answer = document.authorisation
    if answer is None:
        return "SIN AUTORIZACIÓN"
    if answer.state != AUTHORISED:
        return answer.state or "SIN AUTORIZACIÓN"
    return "PRUEBAS" if document.content.issuer.environment == TEST else ""


def _issued_at(text: str) -> datetime:
    """The start of the day of issue, or of the SRI's scheme where there is no such day."""
    try:
        return datetime.strptime(text, "%d/%m/%Y").replace(tzinfo=_ECUADOR)
    except ValueError:
        return datetime(2014, 1, 1, tzinfo=_ECUADOR)
