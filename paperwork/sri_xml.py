"""The SRI's XML as values: `factura` 1.0.0–2.1.0 and `comprobanteRetencion` 1.0.0 and 2.0.0.

Signatures and namespaces are passed over: the SRI checked the signature when it authorised.
"""

from __future__ import annotations

import re
from decimal import Decimal

from paperwork.safe_xml import Node, XmlRefused
from paperwork.sri_answer import authorised_document, read_authorisation
from receivables.electronic_documents import (
    ElectronicDocument,
    ElectronicInvoice,
    InvoiceLine,
    Issuer,
    PaymentTerm,
    SupportingDocument,
    Tax,
    Withheld,
    WithholdingVoucher,
)
from receivables.validation import Problem

_RUC = re.compile(r"[0-9]{13}")
_KEY = re.compile(r"[0-9A-Za-z]{10,60}")
_THREE, _NINE = re.compile(r"[0-9]{3}"), re.compile(r"[0-9]{9}")
_DATE = re.compile(r"[0-9]{2}/[0-9]{2}/[0-9]{4}")


def read_electronic_document(content: bytes | str) -> ElectronicDocument | Problem:
    """The invoice or withholding voucher in `content`, or the reason why there is none; it never raises."""
    try:
        wrapper, document = authorised_document(content)
        authorisation = read_authorisation(wrapper) if wrapper else None
        if document.name == "factura":
            return ElectronicDocument(authorisation=authorisation, content=_invoice(document))
        return ElectronicDocument(authorisation=authorisation, content=_withholding(document))
    except XmlRefused as refused:
        return refused.problem


def _issuer(document: Node, info: Node) -> Issuer:
    tributary = document.child("infoTributaria")
    return Issuer(
        environment=tributary.required("ambiente"),
        emission=tributary.required("tipoEmision"),
        legal_name=tributary.required("razonSocial"),
        trade_name=tributary.text("nombreComercial"),
        ruc=tributary.required("ruc", _RUC),
        access_key=tributary.required("claveAcceso", _KEY),
        document_code=tributary.required("codDoc"),
        establishment=tributary.required("estab", _THREE),
        emission_point=tributary.required("ptoEmi", _THREE),
        sequence=tributary.required("secuencial", _NINE),
        head_office=tributary.text("dirMatriz"),
        branch_address=info.text("dirEstablecimiento"),
        special_taxpayer=info.text("contribuyenteEspecial"),
        keeps_accounts=info.text("obligadoContabilidad"),
        withholding_agent=tributary.text("agenteRetencion"),
        simplified_regime=tributary.text("contribuyenteRimpe") or tributary.text("regimenMicroempresas"),
    )


def _invoice(document: Node) -> ElectronicInvoice:
    info = document.child("infoFactura")
    lines = tuple(_line(node) for node in document.children("detalles/detalle"))
    if not lines:
        raise XmlRefused(Problem("sri_field_missing", "", {"field": "detalle"}))
    return ElectronicInvoice(
        version=document.attribute("version"),
        issuer=_issuer(document, info),
        issued_on=info.required("fechaEmision", _DATE),
        buyer_id_type=info.text("tipoIdentificacionComprador"),
        buyer_name=info.required("razonSocialComprador"),
        buyer_id=info.required("identificacionComprador"),
        buyer_address=info.text("direccionComprador"),
        delivery_note=info.text("guiaRemision"),
        plate=info.text("placa"),
        subtotal=info.amount("totalSinImpuestos"),
        subsidy=info.optional_amount("totalSubsidio"),
        discount=info.optional_amount("totalDescuento") or Decimal("0.00"),
        taxes=tuple(_tax(node) for node in info.children("totalConImpuestos/totalImpuesto")),
        compensations=tuple(
            (node.text("tarifa"), node.amount("valor"))
            for node in info.children("compensaciones/compensacion")
        ),
        tip=info.optional_amount("propina"),
        total=info.amount("importeTotal"),
        currency=info.text("moneda"),
        vat_withheld=info.optional_amount("valorRetIva"),
        income_tax_withheld=info.optional_amount("valorRetRenta"),
        payments=tuple(_payment(node) for node in info.children("pagos/pago")),
        lines=lines,
        notes=_notes(document),
    )


def _line(node: Node) -> InvoiceLine:
    return InvoiceLine(
        code=node.text("codigoPrincipal"),
        auxiliary_code=node.text("codigoAuxiliar"),
        description=node.required("descripcion"),
        unit=node.text("unidadMedida"),
        quantity=node.amount("cantidad"),
        unit_price=node.amount("precioUnitario"),
        unsubsidised_price=node.optional_amount("precioSinSubsidio"),
        discount=node.optional_amount("descuento") or Decimal("0.00"),
        total=node.amount("precioTotalSinImpuesto"),
        details=tuple(
            (detail.attribute("nombre"), detail.attribute("valor"))
            for detail in node.children("detallesAdicionales/detAdicional")
        ),
        taxes=tuple(_tax(tax) for tax in node.children("impuestos/impuesto")),
    )


def _tax(node: Node, code: str = "codigo", amount: str = "valor") -> Tax:
    return Tax(
        code=node.required(code),
        rate_code=node.required("codigoPorcentaje"),
        base=node.amount("baseImponible"),
        amount=node.amount(amount),
        rate=node.optional_amount("tarifa"),
        additional_discount=node.optional_amount("descuentoAdicional"),
        refunded=node.optional_amount("valorDevolucionIva"),
    )


def _payment(node: Node) -> PaymentTerm:
    return PaymentTerm(
        method=node.required("formaPago"),
        total=node.amount("total"),
        term=node.optional_amount("plazo"),
        unit=node.text("unidadTiempo"),
    )


def _withholding(document: Node) -> WithholdingVoucher:
    info = document.child("infoCompRetencion")
    version = document.attribute("version")
    documents = (
        tuple(_supporting(node) for node in document.children("docsSustento/docSustento"))
        if version.startswith("2")
        else _grouped(document.children("impuestos/impuesto"))
    )
    if not documents:
        field = "docSustento" if version.startswith("2") else "impuesto"
        raise XmlRefused(Problem("sri_field_missing", "", {"field": field}))
    return WithholdingVoucher(
        version=version,
        issuer=_issuer(document, info),
        issued_on=info.required("fechaEmision", _DATE),
        subject_id_type=info.text("tipoIdentificacionSujetoRetenido"),
        subject_name=info.required("razonSocialSujetoRetenido"),
        subject_id=info.required("identificacionSujetoRetenido"),
        related_party=info.text("parteRel"),
        period=info.required("periodoFiscal"),
        documents=documents,
        notes=_notes(document),
    )


def _supporting(node: Node) -> SupportingDocument:
    return SupportingDocument(
        kind=node.required("codDocSustento"),
        number=node.text("numDocSustento"),
        issued_on=node.required("fechaEmisionDocSustento", _DATE),
        authorisation=node.text("numAutDocSustento"),
        subtotal=node.optional_amount("totalSinImpuestos"),
        total=node.optional_amount("importeTotal"),
        withheld=tuple(_withheld(each) for each in node.children("retenciones/retencion")),
        taxes=tuple(
            _tax(each, code="codImpuestoDocSustento", amount="valorImpuesto")
            for each in node.children("impuestosDocSustento/impuestoDocSustento")
        ),
        payments=tuple(_payment(each) for each in node.children("pagos/pago")),
        support_code=node.text("codSustento"),
        registered_on=node.text("fechaRegistroContable"),
        payment_place=node.text("pagoLocExt"),
    )


def _grouped(nodes: list[Node]) -> tuple[SupportingDocument, ...]:
    """Version 1.0.0 repeats the document with every tax."""
    by_document: dict[tuple[str, str, str], list[Withheld]] = {}
    for node in nodes:
        key = (
            node.required("codDocSustento"),
            node.text("numDocSustento"),
            node.text("fechaEmisionDocSustento"),
        )
        by_document.setdefault(key, []).append(_withheld(node))
    return tuple(
        SupportingDocument(
            kind=kind, number=number, issued_on=issued_on, authorisation="", subtotal=None, total=None,
            withheld=tuple(withheld),
        )
        for (kind, number, issued_on), withheld in by_document.items()
    )  # fmt: skip


def _withheld(node: Node) -> Withheld:
    return Withheld(
        tax=node.required("codigo"),
        code=node.required("codigoRetencion"),
        base=node.amount("baseImponible"),
        percentage=node.amount("porcentajeRetener"),
        amount=node.amount("valorRetenido"),
    )


def _notes(document: Node) -> tuple[tuple[str, str], ...]:
    return tuple(
        (node.attribute("nombre"), node.own_text)
        for node in document.children("infoAdicional/campoAdicional")
    )
