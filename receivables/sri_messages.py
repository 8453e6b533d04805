"""The sentences about electronic documents and withholdings, a part of `receivables.messages`."""

from __future__ import annotations

from collections.abc import Mapping

SRI_MESSAGES: Mapping[str, tuple[str, str]] = {
    # reading a file
    "sri_file_too_large": (
        "El archivo pesa demasiado; el máximo es {max_kb} KB. Elija el XML autorizado del SRI.",
        "The file is too large; the most is {max_kb} KB. Choose the SRI's authorised XML.",
    ),
    "sri_xml_broken": (
        "El archivo no es un XML que se pueda leer. Pida otra vez el XML autorizado del SRI.",
        "The file is not XML that can be read. Ask again for the SRI's authorised XML.",
    ),
    "sri_xml_forbidden": (
        "El archivo trae instrucciones que un comprobante no lleva y no se abrió. Pida el XML original.",
        "The file carries instructions that no voucher has and was not opened. Ask for the original XML.",
    ),
    "sri_xml_too_deep": (
        "El archivo no tiene la forma de un comprobante. Elija el XML autorizado del SRI.",
        "The file does not have the form of a voucher. Choose the SRI's authorised XML.",
    ),
    "sri_document_unknown": (
        "El archivo no trae una factura ni un comprobante de retención, sino «{root}».",
        "The file holds no invoice and no withholding voucher but “{root}”.",
    ),
    "sri_version_unknown": (
        "La versión {version} del comprobante no se conoce. Actualice la aplicación.",
        "Version {version} of the voucher is not known. Update the app.",
    ),
    "sri_field_missing": (
        "Al comprobante le falta el dato «{field}».",
        "The voucher lacks the field “{field}”.",
    ),
    "sri_field_invalid": (
        "El dato «{field}» del comprobante no es válido: «{text}».",
        "The field “{field}” of the voucher is not valid: “{text}”.",
    ),
    # a withholding as payment
    "withholding_without_xml": (
        "Sin el XML de la retención, la oficina debe validarla.",
        "Without the withholding's XML the office has to validate it.",
    ),
    "withholding_other_document": (
        "El XML {number} no es de una retención. Elija el de la retención.",
        "The XML {number} is not a withholding voucher. Choose the withholding's.",
    ),
    "withholding_not_authorised": (
        "El SRI no ha autorizado la retención (estado: {state}).",
        "The SRI has not authorised the withholding (state: {state}).",
    ),
    "withholding_other_authorisation": (
        "El número de autorización {number} no es la clave de acceso de la retención.",
        "The authorisation number {number} is not the withholding's access key.",
    ),
    "withholding_of_tests": (
        "La retención se emitió en el ambiente de pruebas y no tiene validez.",
        "The withholding was issued in the test environment and is not valid.",
    ),
    "withholding_key_wrong": (
        "La clave de acceso {access_key} no es válida: su dígito verificador no corresponde.",
        "The access key {access_key} is not valid: its check digit does not fit.",
    ),
    "withholding_key_disagrees": (
        "La clave de acceso {access_key} no corresponde al emisor, número, fecha o ambiente de la retención.",
        "The access key {access_key} does not fit the withholding's issuer, number, date or environment.",
    ),
    "withholding_key_differs": (
        "El recibo tiene otra clave de acceso; la del XML es {access_key}.",
        "The receipt has another access key; the XML's is {access_key}.",
    ),
    "withholding_number_differs": (
        "El recibo tiene otro número de retención; el del XML es {number}.",
        "The receipt has another withholding number; the XML's is {number}.",
    ),
    "withholding_key_used": (
        "La retención {access_key} ya está en otro recibo.",
        "The withholding {access_key} is already in another receipt.",
    ),
    "withholding_of_another": (
        "La retención la emitió {issuer} y el cliente es {expected}.",
        "The withholding was issued by {issuer} and the customer is {expected}.",
    ),
    "withholding_for_another": (
        "La retención es a nombre de {subject} y la empresa es {expected}.",
        "The withholding names {subject} and the company is {expected}.",
    ),
    "withholding_invoice_unknown": (
        "La factura {invoice} de la retención no consta entre las del cliente.",
        "Invoice {invoice} of the withholding is not among the customer's.",
    ),
    "withholding_base_too_large": (
        "La base retenida de la factura {invoice} es {base}, pero la factura admite {limit}.",
        "The base withheld on invoice {invoice} is {base}, but the invoice allows {limit}.",
    ),
    "withholding_wrong_sum": (
        "El valor retenido {amount} de la factura {invoice} no es el {percentage} % de su base.",
        "The amount {amount} withheld on invoice {invoice} is not {percentage} % of its base.",
    ),
    "withholding_rate_unknown": (
        "El porcentaje {percentage} % no está vigente para el código de retención {code}.",
        "The percentage {percentage} % is not in force for withholding code {code}.",
    ),
    "withholding_amount_differs": (
        "La retención es de {stated} y el recibo dice {claimed}.",
        "The withholding is for {stated} and the receipt says {claimed}.",
    ),
}
