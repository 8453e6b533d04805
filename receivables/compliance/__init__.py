"""Whether, when and how a debtor may be contacted: the law of the country as a document, decided offline.

`pack` reads the rules, `calendar` the holidays, `contact` what was done before; `check` decides. The same
decision is made on the phone before a visit or a call, by the mail job before an e-mail, and by the screens
that only show it.
"""

from receivables.compliance.calendar import Holidays
from receivables.compliance.check import HOURS, Act, Decision, Finding, Outcome, check, next_legal_instant
from receivables.compliance.contact import (
    Channel,
    Contact,
    Debtor,
    DebtorType,
    Party,
    contact_of,
    contacts_of,
)
from receivables.compliance.pack import Code, Counts, Limit, Pack, Severity, Window

__all__ = [
    "HOURS",
    "Act",
    "Channel",
    "Code",
    "Contact",
    "Counts",
    "Debtor",
    "DebtorType",
    "Decision",
    "Finding",
    "Holidays",
    "Limit",
    "Outcome",
    "Pack",
    "Party",
    "Severity",
    "Window",
    "check",
    "contact_of",
    "contacts_of",
    "next_legal_instant",
]
