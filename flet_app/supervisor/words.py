"""The words of codes: payment methods, the ERP's answers, exceptions."""

from __future__ import annotations

import flet as ft

from flet_app.components.status import Status, Tone
from flet_app.i18n import Texts
from flet_app.supervisor.state import Json

METHODS = {
    "cash": "Cash",
    "cheque": "Cheque",
    "transfer": "Transfer",
    "card": "Card",
    "withholding": "Withholding",
}

ERP_KINDS = {
    "customers": "Customers",
    "credit_limits": "Credit limits",
    "addresses": "Addresses",
    "contacts": "Contacts",
    "invoices": "Invoices",
    "withholdings": "Withholdings",
    "credit_notes": "Credit notes",
    "electronic_invoices": "Electronic invoices",
    "electronic_withholdings": "Electronic withholdings",
    "sales": "Sales of the month",
    "goals": "Goals",
    "performance": "Sales and orders",
}

ROLES = {
    "collector": "Collector",
    "supervisor": "Supervisor",
    "backoffice": "Back office",
    "coordinator": "Coordinator",
    "administrator": "Administrator",
}

ROLE_RIGHTS = {
    "collector": "collects with a phone.",
    "supervisor": "sees everything, shares customers out, lets phones in and shuts them out.",
    "backoffice": "sees everything and settles exceptions and rejected receipts.",
    "coordinator": "what a supervisor may, and reads who did what.",
    "administrator": "everything, and these people.",
}

FACTS = {
    "receipt": "Receipts",
    "receipt_void": "Voids",
    "receipt_copy": "Copies of receipts",
    "paper_copy": "Copies of papers",
    "visit_start": "Visits begun",
    "visit": "Visits finished",
    "promise": "Promises",
    "dispute": "Disputes",
    "informed_payment": "Informed payments",
    "note": "Notes",
    "location_update": "Positions of customers",
    "photo": "Photos",
    "deposit": "Deposits",
    "cash_close": "Cash closes",
    "planned_stop": "Stops added",
    "contact_attempt": "Calls and messages",
    "consent": "Consents to contact",
    "track": "Tracks",
    "refusal": "Refusals",
}

ACTIONS = {
    "sign_in": "Sign-in",
    "session_renewal": "Renewal of a session",
    "password_changed": "Own password changed",
    "person_added": "Person added",
    "person_changed": "Person changed",
    "person_disabled": "Person disabled",
    "person_enabled": "Person enabled",
    "password_reset": "Password replaced",
    "enrolment_code_issued": "Code for a phone",
    "device_enrolled": "Phone enrolled",
    "device_revoked": "Phone shut out",
    "device_wipe_asked": "Phone to be erased",
    "device_wipe_undone": "Phone not to be erased after all",
    "device_erased": "Phone erased",
    "clock_code_given": "Clock of a phone accepted",
    "recovery_taken_in": "File of a phone taken in",
    "receipt_sent_again": "Receipt sent again",
    "receipt_voided": "Receipt voided",
    "cheque_bounced": "Cheque bounced",
    "withholding_decided": "Withholding decided",
    "exception_closed": "Exception closed",
    "assignment": "Customer assigned",
    "assignment_planned": "Plan made",
    "assignments_applied": "Plan carried out",
    "assignments_undone": "Plan taken back",
    "zone_saved": "Zone saved",
    "zone_removed": "Zone removed",
    "goal_set": "Goal set",
    "goal_given_back": "Goal given back",
    "track_read": "A collector's way looked at",
    "tracking_changed": "Hours of following changed",
    "brand_changed": "Company changed",
    "logo_changed": "Logo changed",
    "logo_removed": "Logo removed",
    "receipt_mail_changed": "Receipts by e-mail changed",
    "audit_exported": "Audit exported",
}
"""What the audit names; the API's table of routes has them all."""

KEPT = {
    "action": "What was done",
    "active": "Switched on",
    "amount_day": "Goal of the day",
    "amount_month": "Goal of the month",
    "by": "Who",
    "collector": "Collector",
    "collectors": "Collectors",
    "comment": "Comment",
    "days": "Days",
    "decision": "Decision",
    "effective_day": "Effective visits of the day",
    "effective_month": "Effective visits of the month",
    "email": "E-mail",
    "format": "Format",
    "from": "From",
    "from_on": "First day",
    "mode": "Way",
    "name": "Name",
    "number": "Number on the phone",
    "on": "Day",
    "payment": "Line of the receipt",
    "reason": "Reason",
    "reply_to": "Answers go to",
    "roles": "Roles",
    "seed_color": "Colour",
    "subject": "About what",
    "to": "Until",
    "visits_day": "Visits of the day",
    "visits_month": "Visits of the month",
}
"""What the audit keeps of a request; the API's table of routes has them all."""

OUTCOMES = {
    "role_missing": "The role does not allow it",
    "credentials_invalid": "Wrong password",
    "account_disabled": "The account is disabled",
    "password_change_needed": "The password has to be changed first",
    "password_expired": "The password for one use has expired",
    "refresh_reused": "The session was used from two places",
    "request_invalid": "The request was not valid",
    "changed_meanwhile": "Somebody else changed it",
    "code_invalid": "The code was not valid",
    "last_administrator": "Nobody else administers the company",
    "person_exists": "The person was there already",
    "person_unknown": "There is no such person",
}

POSTING_STATES: dict[str, tuple[str, str]] = {
    "received": ("Received", "waiting"),
    "sending": ("Being posted", "waiting"),
    "retry": ("Will be retried", "waiting"),
    "posted": ("Posted", "settled"),
    "rejected": ("Rejected", "late"),
    "voided": ("Voided", "saved"),
}

EXCEPTIONS = {
    "over_allocation": "More was applied than the invoice owed",
    "write_off_refused": "A small difference was not written off",
    "second_leaf": "A receipt arrived twice with different contents",
    "poisoned": "A malformed record was put aside",
    "posting_rejected": "The ERP rejected a receipt",
    "reversal_rejected": "The ERP rejected a reversal",
    "erp_away": "The ERP does not answer",
    "erp_drift": "The ERP and Recaudo differ",
    "posting_failed": "A receipt could not be prepared for the ERP",
    "refused": "The database refused a record",
    "duplicate_cheque": "A cheque appears in two receipts",
    "reused_transfer": "A transfer appears in two receipts",
    "withholding_pending": "A withholding has to be validated",
    "withholding_rejected": "The receipt still counts a rejected withholding",
    "broken_series": "A receipt series has a gap",
    "broken_chain": "A receipt was altered or replaced",
    "bad_signature": "A receipt without the signature of its phone",
    "clock_jump": "A phone's clock is wrong",
    "out_of_area": "Recorded far from the customer",
    "late_fact": "Recorded by the customer's former collector",
    "documents_many": "A phone holds too many documents",
}


VOID_REASONS = {
    "wrong_amount": "Wrong amount",
    "wrong_invoice": "Wrong invoice",
    "wrong_customer": "Wrong customer",
    "wrong_method": "Wrong means of payment",
    "customer_withdrew": "The customer withdrew",
}
"""What a collector chooses from; the office writes its own words."""


def void_reason(texts: Texts, reason: str) -> str:
    return texts.t(VOID_REASONS[reason]) if reason in VOID_REASONS else reason


def receipt_status(texts: Texts, receipt: Json) -> Status:
    """What stands over a receipt: its void, else what the ERP says of it."""
    if receipt.get("void"):
        return Status(tone=Tone.PLAIN, icon=ft.Icons.BLOCK, text=texts.t("Voided"))
    return posting_status(texts, receipt)


def posting_status(texts: Texts, receipt: Json) -> Status:
    """What the ERP says of a receipt, ready to be shown."""
    match receipt["state"]:
        case "posted":
            text = texts.t("Posted n.º {number}", number=receipt["erp_number"])
            return Status(tone=Tone.SETTLED, icon=ft.Icons.CHECK_CIRCLE, text=text)
        case "rejected":
            text = texts.t("Rejected: {reason}", reason=receipt["reason"] or "–")
            return Status(tone=Tone.LATE, icon=ft.Icons.CANCEL, text=text)
        case "voided":
            return Status(tone=Tone.SAVED, icon=ft.Icons.BLOCK, text=texts.t("Voided"))
        case "retry":
            return Status(tone=Tone.WAITING, icon=ft.Icons.SYNC_PROBLEM, text=texts.t("Will be retried"))
        case "sending":
            return Status(tone=Tone.WAITING, icon=ft.Icons.SYNC, text=texts.t("Being posted"))
        case _:
            return Status(tone=Tone.SAVED, icon=ft.Icons.INBOX, text=texts.t("Received"))


def exception_sentence(texts: Texts, row: Json) -> str:
    sentence = texts.t(EXCEPTIONS.get(row["kind"], str(row["kind"])))
    subject = row.get("receipt") or row.get("customer") or ""
    number = subject.removeprefix("receipt:").replace(":", "-")
    return f"{sentence} · {number}" if number else sentence
