"""The texts of every refusal of the API: status, title and detail in Spanish and English, by code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from receivables.messages import MESSAGES

LANGUAGES = ("es", "en")


class _Entry(NamedTuple):
    status: int
    title: tuple[str, str]
    detail: tuple[str, str]


PROBLEMS: Mapping[str, _Entry] = {
    "request_invalid": _Entry(
        400,
        ("Solicitud no válida", "Invalid request"),
        ("Revise los campos señalados.", "Check the fields named below."),
    ),
    "body_unreadable": _Entry(
        400,
        ("Cuerpo ilegible", "Unreadable body"),
        ("El cuerpo debe ser un objeto JSON en UTF-8.", "The body should be a JSON object in UTF-8."),
    ),
    "token_missing": _Entry(
        401,
        ("Falta iniciar sesión", "Sign-in needed"),
        (
            "Envíe el token de acceso en Authorization: Bearer.",
            "Send the access token in Authorization: Bearer.",
        ),
    ),
    "token_invalid": _Entry(
        401,
        ("Token no válido", "Invalid token"),
        (
            "El token no es de este servidor. Inicie sesión de nuevo.",
            "This server did not issue the token. Sign in again.",
        ),
    ),
    "token_expired": _Entry(
        401,
        ("Sesión vencida", "Session expired"),
        (
            "El token venció. Renuévelo o inicie sesión de nuevo.",
            "The token has expired. Renew it or sign in again.",
        ),
    ),
    "credentials_invalid": _Entry(
        401,
        ("No se pudo iniciar sesión", "Sign-in failed"),
        ("El correo o la contraseña no son correctos.", "The e-mail or the password is not right."),
    ),
    "refresh_invalid": _Entry(
        401,
        ("Sesión terminada", "Session over"),
        (
            "La sesión ya no es válida. Inicie sesión de nuevo.",
            "The session is no longer valid. Sign in again.",
        ),
    ),
    "refresh_reused": _Entry(
        401,
        ("Sesión cerrada por seguridad", "Session closed for safety"),
        (
            "La sesión se usó desde dos lugares y se cerró. Inicie sesión de nuevo.",
            "The session was used from two places and was closed. Sign in again.",
        ),
    ),
    "device_revoked": _Entry(
        401,
        ("Dispositivo retirado", "Device revoked"),
        (
            "Este dispositivo fue retirado por la oficina. Hable con su supervisor.",
            "The office has revoked this device. Talk to your supervisor.",
        ),
    ),
    "session_over": _Entry(
        401,
        ("Sesión terminada", "Session over"),
        (
            "Su cuenta cambió. Inicie sesión de nuevo.",
            "Your account has changed. Sign in again.",
        ),
    ),
    "account_disabled": _Entry(
        403,
        ("Cuenta desactivada", "Account disabled"),
        (
            "Su cuenta está desactivada. Hable con quien administra su empresa.",
            "Your account is disabled. Talk to whoever administers your company.",
        ),
    ),
    "password_change_needed": _Entry(
        403,
        ("Cambie la contraseña", "Change the password"),
        (
            "La contraseña es de un solo uso: cámbiela en la página de la oficina y luego ingrese.",
            "The password is one-time: change it on the office's page, then sign in.",
        ),
    ),
    "password_expired": _Entry(
        403,
        ("Contraseña vencida", "Password expired"),
        (
            "La contraseña de un solo uso venció. Pida otra a quien administra su empresa.",
            "The one-time password has expired. Ask whoever administers your company for another.",
        ),
    ),
    "role_missing": _Entry(
        403,
        ("No autorizado", "Not allowed"),
        ("Su rol no permite esta acción.", "Your role does not allow this."),
    ),
    "not_a_collector": _Entry(
        403,
        ("No autorizado", "Not allowed"),
        ("Su cuenta no cobra para esta empresa.", "Your account does not collect for this company."),
    ),
    "code_needed": _Entry(
        403,
        ("Falta el código de la oficina", "Enrolment code needed"),
        (
            "Este teléfono es nuevo para la empresa. Pida un código a su supervisor.",
            "This phone is new to the company. Ask your supervisor for a code.",
        ),
    ),
    "code_invalid": _Entry(
        403,
        ("Código no válido", "Code not valid"),
        (
            "El código no es correcto, ya se usó o venció. Pida uno nuevo a su supervisor.",
            "The code is not right, was used or has expired. Ask your supervisor for a new one.",
        ),
    ),
    "proof_invalid": _Entry(
        403,
        ("Clave no demostrada", "Key not proven"),
        (
            "El teléfono no demostró que tiene la clave que presenta.",
            "The phone did not prove that it holds the key it presents.",
        ),
    ),
    "not_found": _Entry(
        404,
        ("No existe", "Not found"),
        ("No hay nada en esta dirección.", "There is nothing at this address."),
    ),
    "company_unknown": _Entry(
        404,
        ("Empresa no encontrada", "Company not found"),
        ("Su cuenta no tiene una empresa con ese código.", "Your account has no company of that code."),
    ),
    "customer_unknown": _Entry(
        404,
        ("Cliente no encontrado", "Customer not found"),
        ("No hay un cliente con el código {code}.", "There is no customer of code {code}."),
    ),
    "collector_unknown": _Entry(
        404,
        ("Gestor no encontrado", "Collector not found"),
        ("No hay un gestor con el código {code}.", "There is no collector of code {code}."),
    ),
    "receipt_unknown": _Entry(
        404,
        ("Recibo no encontrado", "Receipt not found"),
        ("No hay un recibo con el número {number}.", "There is no receipt of number {number}."),
    ),
    "ride_unknown": _Entry(
        404,
        ("RIDE no disponible", "No RIDE"),
        (
            "El sistema contable no ha entregado el XML autorizado de {number}.",
            "The accounting system has given no authorised XML of {number}.",
        ),
    ),
    "person_unknown": _Entry(
        404,
        ("Persona no encontrada", "Person not found"),
        ("Nadie con ese correo trabaja en la empresa.", "Nobody with that e-mail works for the company."),
    ),
    "person_exists": _Entry(
        409,
        ("Ya está en la empresa", "Already in the company"),
        (
            "Esa persona ya está en la empresa. Cambie sus roles o actívela.",
            "That person is in the company already. Change the roles, or enable the person.",
        ),
    ),
    "person_disabled": _Entry(
        409,
        ("Persona desactivada", "Person disabled"),
        (
            "Esa persona está desactivada. Actívela primero.",
            "That person is disabled. Enable him or her first.",
        ),
    ),
    "person_shared": _Entry(
        409,
        ("También trabaja en otra empresa", "Works for another company too"),
        (
            "Su nombre y su contraseña no son solo de esta empresa. Pídalo a quien opera el servidor.",
            "The name and password are not this company's alone. Ask whoever runs the server.",
        ),
    ),
    "last_administrator": _Entry(
        409,
        ("Es quien administra", "The last administrator"),
        (
            "Nadie más administra la empresa. Nombre primero a otra persona.",
            "Nobody else administers the company. Name somebody else first.",
        ),
    ),
    "collector_taken": _Entry(
        409,
        ("Código ocupado", "Code taken"),
        (
            "El código de gestor {code} es de otra persona, para siempre. Elija otro.",
            "The collector's code {code} is another person's for ever. Choose another.",
        ),
    ),
    "collector_fixed": _Entry(
        409,
        ("El código no cambia", "The code stays"),
        (
            "Sus recibos están escritos con su código de gestor: no puede ser {code}.",
            "Receipts are written under the person's code: it can't become {code}.",
        ),
    ),
    "withholding_unknown": _Entry(
        404,
        ("Retención no encontrada", "Withholding not found"),
        (
            "El recibo {number} no tiene una retención en la línea {line}.",
            "Receipt {number} has no withholding on line {line}.",
        ),
    ),
    "withholding_decided": _Entry(
        409,
        ("Ya se decidió", "Already decided"),
        ("Ya se decidió otra cosa: {decision}.", "Somebody decided otherwise: {decision}."),
    ),
    "photo_unknown": _Entry(
        404,
        ("Foto no encontrada", "No such photo"),
        ("No hay ninguna foto {photo}.", "There is no photo {photo}."),
    ),
    "paper_unknown": _Entry(
        404,
        ("Documento no encontrado", "Nothing to print"),
        ("No hay nada con el código {key}.", "There is nothing of the id {key}."),
    ),
    "paper_impossible": _Entry(
        409,
        ("No se puede imprimir", "It cannot be printed"),
        (
            "Los datos de {key} no cuadran; revise sus excepciones.",
            "What {key} says does not add up; look at its exceptions.",
        ),
    ),
    "exception_unknown": _Entry(
        404,
        ("Excepción no encontrada", "Exception not found"),
        ("No hay una excepción con ese código.", "There is no exception of that id."),
    ),
    "device_unknown": _Entry(
        404,
        ("Dispositivo no encontrado", "Device not found"),
        ("No hay un dispositivo con ese código.", "There is no device of that id."),
    ),
    "wipe_not_asked": _Entry(
        409,
        ("No se pidió borrarlo", "Not to be erased"),
        ("Nadie pidió borrar ese teléfono.", "Nobody has asked to erase that phone."),
    ),
    "wipe_heard": _Entry(
        409,
        ("El teléfono ya lo sabe", "The phone knows already"),
        (
            "El teléfono ya recibió la orden de borrarse; no se puede deshacer.",
            "The phone has heard that it is to be erased; that can't be undone.",
        ),
    ),
    "phone_to_be_wiped": _Entry(
        403,
        ("Teléfono por borrar", "Phone to be erased"),
        (
            "La oficina pidió borrar este teléfono. Entre de nuevo cuando esté borrado.",
            "The office has asked for this phone to be erased. Sign in again once it is.",
        ),
    ),
    "letter_unreadable": _Entry(
        400,
        ("No es una carta de un teléfono", "No letter of a phone"),
        ("Eso no lo escribió un teléfono que se borra.", "No phone that is being erased wrote that."),
    ),
    "device_shut_out": _Entry(
        409,
        ("Teléfono bloqueado", "Phone shut out"),
        (
            "Ese teléfono está bloqueado y no registra nada. No necesita un código para su reloj.",
            "That phone is shut out and records nothing. It needs no code for its clock.",
        ),
    ),
    "method_not_allowed": _Entry(
        405,
        ("Método no admitido", "Method not allowed"),
        ("Esta dirección no admite ese método.", "This address does not take that method."),
    ),
    "changed_meanwhile": _Entry(
        409,
        ("Cambió mientras tanto", "Changed meanwhile"),
        ("Otra persona lo cambió. Vuelva a intentarlo.", "Somebody else changed it. Try again."),
    ),
    "receipt_not_rejected": _Entry(
        409,
        ("El recibo no está rechazado", "The receipt is not rejected"),
        (
            "El ERP no rechazó el recibo {number}: no hay nada que reenviar.",
            "The ERP did not reject receipt {number}: there is nothing to send again.",
        ),
    ),
    "receipt_voided": _Entry(
        409,
        ("Recibo anulado", "Receipt voided"),
        ("El recibo {number} ya está anulado.", "Receipt {number} is voided already."),
    ),
    "payment_no_cheque": _Entry(
        409,
        ("No es un cheque", "Not a cheque"),
        (
            "Esa línea del recibo {number} no es un cheque.",
            "That line of receipt {number} is not a cheque.",
        ),
    ),
    "cheque_bounced": _Entry(
        409,
        ("Cheque ya protestado", "Cheque bounced already"),
        (
            "El cheque del recibo {number} ya consta como protestado.",
            "The cheque of receipt {number} is recorded as bounced already.",
        ),
    ),
    "zone_unknown": _Entry(
        404,
        ("Zona no encontrada", "Zone not found"),
        ("No hay una zona con el código {code}.", "There is no zone of code {code}."),
    ),
    **{
        code: _Entry(400, ("Logo no aceptado", "Logo refused"), MESSAGES[code])
        for code in MESSAGES
        if code.startswith("logo_")
    },
    "recovery_unreadable": _Entry(
        400,
        ("No es un archivo de recuperación", "Not a recovery file"),
        (
            "El archivo no es una recuperación de Recaudo o llegó incompleto.",
            "The file is no recovery of Recaudo, or it arrived incomplete.",
        ),
    ),
    "recovery_not_for_us": _Entry(
        400,
        ("No se puede abrir", "Can't be opened"),
        (
            "El archivo está dañado o fue sellado para otra empresa.",
            "The file is damaged, or was sealed for another company.",
        ),
    ),
    "recovery_of_another_company": _Entry(
        400,
        ("De otra empresa", "Of another company"),
        ("El archivo es de otra empresa.", "The file is another company's."),
    ),
    "recovery_device_unknown": _Entry(
        400,
        ("Teléfono desconocido", "Unknown phone"),
        ("Ese teléfono nunca fue de esta empresa.", "That phone was never this company's."),
    ),
    "recovery_signature_wrong": _Entry(
        400,
        ("Firma incorrecta", "Wrong signature"),
        ("El archivo no lo firmó ese teléfono.", "The file was not signed by that phone."),
    ),
    "plan_unknown": _Entry(
        404,
        ("Plan no encontrado", "Plan not found"),
        ("No hay un plan de asignación con ese código.", "There is no assignment plan of that id."),
    ),
    "plan_too_large": _Entry(
        409,
        ("Demasiados clientes", "Too many customers"),
        (
            "Un plan admite {customers} clientes y {moves} cambios. Elija menos clientes.",
            "A plan takes {customers} customers and {moves} changes. Choose fewer customers.",
        ),
    ),
    "plan_too_large_for_a_phone": _Entry(
        409,
        ("No cabe en un teléfono", "Too much for a phone"),
        (
            "Un gestor quedaría con más de {limit} documentos. Reparta sus clientes.",
            "A collector would hold more than {limit} documents. Share the customers out.",
        ),
    ),
    "collector_full": _Entry(
        409,
        ("No cabe en el teléfono", "The phone is full"),
        (
            "El teléfono del gestor tendría más de {limit} documentos. Quítele clientes antes de darle otro.",
            "The phone would hold more than {limit} documents. Take customers away before giving one.",
        ),
    ),
    "plan_undone": _Entry(
        409,
        ("Plan deshecho", "Plan undone"),
        ("El plan ya se deshizo. Prepare otro.", "The plan was undone. Prepare another."),
    ),
    "plan_not_applied": _Entry(
        409,
        ("Plan sin aplicar", "Plan not applied"),
        ("El plan no se ha aplicado.", "The plan was not applied."),
    ),
    "body_too_large": _Entry(
        413,
        ("Solicitud demasiado grande", "Request too large"),
        ("El cuerpo supera {limit} bytes.", "The body is over {limit} bytes."),
    ),
    "too_many_attempts": _Entry(
        429,
        ("Demasiados intentos", "Too many attempts"),
        (
            "Demasiados intentos fallidos. Espere {seconds} segundos y vuelva a intentar.",
            "Too many failed attempts. Wait {seconds} seconds and try again.",
        ),
    ),
    "server_failure": _Entry(
        500,
        ("Error del servidor", "Server error"),
        (
            "Algo falló y quedó registrado. Vuelva a intentarlo.",
            "Something failed and was logged. Try again.",
        ),
    ),
    "database_unavailable": _Entry(
        503,
        ("Base de datos no disponible", "Database unavailable"),
        ("La base de datos no responde. Vuelva a intentarlo.", "The database does not answer. Try again."),
    ),
}

FIELD_PROBLEMS: Mapping[str, tuple[str, str]] = {
    "missing": ("Falta este dato.", "This is missing."),
    "not_text": ("Debe ser un texto.", "It should be text."),
    "too_long": ("Admite {limit} caracteres como máximo.", "It takes {limit} characters at most."),
    "not_a_date": ("Debe ser una fecha AAAA-MM-DD.", "It should be a date, YYYY-MM-DD."),
    "not_a_month": ("Debe ser un mes AAAA-MM.", "It should be a month, YYYY-MM."),
    "not_a_number": (
        "Debe ser un número entero entre {low} y {high}.",
        "It should be a whole number from {low} to {high}.",
    ),
    "not_a_choice": ("Debe ser uno de: {choices}.", "It should be one of: {choices}."),
    "not_a_color": ("Debe ser un color como #0B6E4F.", "It should be a colour such as #0B6E4F."),
    "not_hours": (
        "Los días van de 1 a 7 y las horas terminan después de empezar, el mismo día.",
        "Days go from 1 to 7, and hours end after they begin, on the same day.",
    ),
    "not_an_email": ("Debe ser un correo electrónico.", "It should be an e-mail address."),
    "too_short": ("Necesita al menos {limit} caracteres.", "It needs at least {limit} characters."),
    "same_as_before": ("Debe ser distinta de la anterior.", "It should differ from the one before."),
    "not_a_code": (
        "Debe ser un código: letras minúsculas y números.",
        "It should be a code: small letters and digits.",
    ),
    "not_a_clock_number": (
        "No es el número que muestra el teléfono: son 12 dígitos. Pida que se los dicten otra vez.",
        "It is not the number that the phone shows, which has 12 digits. Have it read out again.",
    ),
    "not_an_object": ("Debe ser un objeto JSON.", "It should be a JSON object."),
    "not_a_list": ("Debe ser una lista de códigos.", "It should be a list of codes."),
    "too_many": ("Admite {limit} como máximo.", "It takes {limit} at most."),
    "not_an_area": (
        "Debe ser un Polygon o MultiPolygon de GeoJSON cuyos bordes no se crucen.",
        "It should be a GeoJSON Polygon or MultiPolygon whose edges don't cross.",
    ),
    "not_a_cursor": ("No es un cursor de esta lista.", "It is not a cursor of this list."),
    "not_a_key": (
        "Debe ser una clave Ed25519 de 32 bytes en base64.",
        "It should be an Ed25519 key of 32 bytes in base64.",
    ),
    "unknown": ("Este dato no se conoce.", "This is not known here."),
}
