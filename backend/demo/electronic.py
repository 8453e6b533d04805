"""The electronic documents of the demo ERP: authorised XML that agrees with its invoices and withholdings.

Everybody in them is invented, and so is the SRI's answer; form, access keys and sums are right.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random
from xml.etree.ElementTree import Element, SubElement, tostring

from receivables.access_keys import PRODUCTION, AccessKey
from receivables.electronic_documents import INVOICE_CODE, WITHHOLDING_CODE

PRODUCTS = (
    ("AR-010", "ARROZ FLOR SACO 10 KG"), ("AZ-050", "AZÚCAR BLANCA SACO 50 KG"),
    ("AC-001", "ACEITE VEGETAL 1 L, CAJA DE 12"), ("FI-400", "FIDEO LARGO 400 G, CAJA DE 24"),
    ("AT-170", "ATÚN EN LATA 170 G, CAJA DE 48"), ("LE-001", "LECHE ENTERA 1 L, CAJA DE 12"),
    ("HA-001", "HARINA DE TRIGO 1 KG, FUNDA DE 12"), ("CA-200", "CAFÉ SOLUBLE 200 G, CAJA DE 6"),
)  # fmt: skip
VAT_PERCENT = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """Who issues a document or whom it is for."""

    ruc: str
    name: str
    address: str


def authorised_invoice(
    number: str, *, issuer: Firm, buyer: Firm, issued_on: date, due_on: date, total: int
) -> str:
    """`factura` 1.1.0 over `total` minor units, VAT included."""
    dice = Random(number)
    subtotal = round(total * 100 / (100 + VAT_PERCENT))
    vat = total - subtotal
    key = _key(INVOICE_CODE, number, issuer, issued_on, dice)
    root = Element("factura", id="comprobante", version="1.1.0")
    _fill(root, "infoTributaria", **_issuer(key, issuer))
    info = _fill(
        root,
        "infoFactura",
        fechaEmision=_day(issued_on), dirEstablecimiento=issuer.address, obligadoContabilidad="SI",
        tipoIdentificacionComprador="04", razonSocialComprador=buyer.name,
        identificacionComprador=buyer.ruc, direccionComprador=buyer.address,
        totalSinImpuestos=_amount(subtotal), totalDescuento="0.00",
    )  # fmt: skip
    tax = {"codigo": "2", "codigoPorcentaje": "4"}
    _fill(
        SubElement(info, "totalConImpuestos"), "totalImpuesto",
        **tax, baseImponible=_amount(subtotal), valor=_amount(vat),
    )  # fmt: skip
    for name, text in (("propina", "0.00"), ("importeTotal", _amount(total)), ("moneda", "DOLAR")):
        SubElement(info, name).text = text
    _fill(
        SubElement(info, "pagos"), "pago",
        formaPago="20", total=_amount(total), plazo=str((due_on - issued_on).days), unidadTiempo="dias",
    )  # fmt: skip
    lines = SubElement(root, "detalles")
    shares = _shares(dice, subtotal)
    left = vat
    for place, ((code, name), share) in enumerate(
        zip(dice.sample(PRODUCTS, len(shares)), shares, strict=True)
    ):
        of_line = left if place == len(shares) - 1 else share * VAT_PERCENT // 100
        left -= of_line
        line = _fill(
            lines, "detalle",
            codigoPrincipal=code, descripcion=name, cantidad="1", precioUnitario=_amount(share),
            descuento="0.00", precioTotalSinImpuesto=_amount(share),
        )  # fmt: skip
        _fill(
            SubElement(line, "impuestos"), "impuesto",
            **tax, tarifa=str(VAT_PERCENT), baseImponible=_amount(share), valor=_amount(of_line),
        )  # fmt: skip
    return _answer(root, key, issued_on)


def authorised_withholding(
    number: str, *, issuer: Firm, subject: Firm, issued_on: date, invoice: str, tax: str, total: int
) -> str:
    """`comprobanteRetencion` 1.0.0 over an invoice of `total` minor units.

    `tax` is RENTA (1.75 % of the subtotal, code 312) or IVA (30 % of the VAT, code 1).
    """
    dice = Random(number)
    subtotal = round(total * 100 / (100 + VAT_PERCENT))
    code, concept, base, rate = (
        ("1", "312", subtotal, 175) if tax == "RENTA" else ("2", "1", total - subtotal, 3000)
    )
    key = _key(WITHHOLDING_CODE, number, issuer, issued_on, dice)
    root = Element("comprobanteRetencion", id="comprobante", version="1.0.0")
    _fill(root, "infoTributaria", **_issuer(key, issuer))
    _fill(
        root,
        "infoCompRetencion",
        fechaEmision=_day(issued_on), obligadoContabilidad="NO", tipoIdentificacionSujetoRetenido="04",
        razonSocialSujetoRetenido=subject.name, identificacionSujetoRetenido=subject.ruc,
        periodoFiscal=f"{issued_on:%m/%Y}",
    )  # fmt: skip
    _fill(
        SubElement(root, "impuestos"), "impuesto",
        codigo=code, codigoRetencion=concept, baseImponible=_amount(base),
        porcentajeRetener=_amount(rate), valorRetenido=_amount(withheld(tax, total)),
        codDocSustento=INVOICE_CODE, numDocSustento=invoice.replace("-", ""),
        fechaEmisionDocSustento=_day(issued_on),
    )  # fmt: skip
    return _answer(root, key, issued_on)


def withheld(tax: str, total: int) -> int:
    """What a customer withholds of an invoice of `total` minor units, half a cent upwards."""
    subtotal = round(total * 100 / (100 + VAT_PERCENT))
    base, rate = (subtotal, 175) if tax == "RENTA" else (total - subtotal, 3000)
    return max(1, (base * rate + 5000) // 10_000)


def _shares(dice: Random, subtotal: int) -> list[int]:
    """One to four parts of at least a unit that make up the subtotal."""
    count = min(dice.randint(1, 4), max(1, subtotal // 100))
    cuts = sorted(dice.sample(range(1, subtotal), count - 1))
    return [end - start for start, end in zip([0, *cuts], [*cuts, subtotal], strict=True)]


def _key(code: str, number: str, issuer: Firm, issued_on: date, dice: Random) -> AccessKey:
    establishment, point, sequence = number.split("-")
    return AccessKey(
        issued_on=issued_on, document_code=code, ruc=issuer.ruc, environment=PRODUCTION,
        establishment=establishment, emission_point=point, sequence=sequence,
        numeric_code=f"{dice.randrange(10**8):08d}",
    )  # fmt: skip


def _issuer(key: AccessKey, issuer: Firm) -> dict[str, str]:
    return {
        "ambiente": key.environment,
        "tipoEmision": key.emission,
        "razonSocial": issuer.name,
        "ruc": issuer.ruc,
        "claveAcceso": str(key),
        "codDoc": key.document_code,
        "estab": key.establishment,
        "ptoEmi": key.emission_point,
        "secuencial": key.sequence,
        "dirMatriz": issuer.address,
    }


def _fill(parent: Element, name: str, /, **values: str) -> Element:
    element = SubElement(parent, name)
    for child, text in values.items():
        SubElement(element, child).text = text
    return element


def _answer(document: Element, key: AccessKey, issued_on: date) -> str:
    root = Element("autorizacion")
    for name, text in (
        ("estado", "AUTORIZADO"), ("numeroAutorizacion", str(key)),
        ("fechaAutorizacion", f"{issued_on}T09:15:00-05:00"), ("ambiente", "PRODUCCIÓN"),
        ("comprobante", tostring(document, encoding="unicode")),
    ):  # fmt: skip
        SubElement(root, name).text = text
    return tostring(root, encoding="unicode")


def _amount(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def _day(on: date) -> str:
    return f"{on:%d/%m/%Y}"
