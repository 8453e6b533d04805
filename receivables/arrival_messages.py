"""Why a database refuses a document on arrival, in Spanish and English."""

from __future__ import annotations

from collections.abc import Mapping

ARRIVAL_MESSAGES: Mapping[str, tuple[str, str]] = {
    # what a database refuses on arrival
    "server_only": (
        "Este documento solo lo escribe el servidor.",
        "Only the server writes this document.",
    ),
    "type_unknown": (
        "El servidor no conoce este tipo de documento. Actualice la aplicación.",
        "The server does not know this type of document. Update the app.",
    ),
    "schema_unknown": (
        "El servidor no conoce esta versión del documento. Actualice la aplicación.",
        "The server does not know this version of the document. Update the app.",
    ),
    "fact_immutable": (
        "Lo registrado no se modifica. Anúlelo y regístrelo de nuevo.",
        "What is recorded is not changed. Void it and record it again.",
    ),
    "fact_deleted": (
        "Lo registrado no se borra. Anúlelo.",
        "What is recorded is not deleted. Void it.",
    ),
    "attachment_refused": (
        "Este documento no admite archivos adjuntos.",
        "This document takes no attachments.",
    ),
    "picture_missing": (
        "La fotografía no trae su imagen. Tómela de nuevo.",
        "The photo comes without its picture. Take it again.",
    ),
    "picture_unreadable": (
        "Este archivo no es una foto que se pueda abrir. Elija otra o tómela de nuevo.",
        "This file is no photo that can be opened. Choose another or take it again.",
    ),
    "picture_too_large": (
        "El archivo pasa de {megabytes} MB. Elija una foto más liviana o tómela con la cámara.",
        "The file is larger than {megabytes} MB. Choose a lighter photo or take it with the camera.",
    ),
    "picture_too_many_pixels": (
        "La foto tiene más de {megapixels} megapíxeles. Tómela con menos resolución.",
        "The photo has more than {megapixels} megapixels. Take it with a lower resolution.",
    ),
    "photos_too_many": (
        "Ya tiene {most} fotos, que es el máximo. Quite una para añadir otra.",
        "There are {most} photos already, which is the most. Remove one to add another.",
    ),
    "writer_mismatch": (
        "El documento es de otra empresa o de otro gestor.",
        "The document belongs to another company or collector.",
    ),
    "role_missing": (
        "Este equipo no puede registrar este documento. Consulte con su supervisor.",
        "This device may not record this document. Ask your supervisor.",
    ),
    "id_mismatch": (
        "El número del documento no coincide con su contenido.",
        "The document's number does not match what it says.",
    ),
    "sum_mismatch": (
        "Los pagos y las facturas del recibo no suman lo mismo.",
        "The receipt's payments and invoices do not add up to the same.",
    ),
    "field_invalid": (
        "Un dato del documento no es válido.",
        "A field of the document is not valid.",
    ),
    "amount_invalid": (
        "Un monto del documento no es válido.",
        "An amount of the document is not valid.",
    ),
}
