"""A trading company in Tryton, made through its API the way its administrator would: currency, chart of
accounts, fiscal years, payment methods, a product, an instalment plan and the user that Recaudo signs in as.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from hashlib import md5
from typing import Any

from backend.erp.tryton.rpc import Tryton

USER, PASSWORD = "recaudo", "recaudo-and-tryton"
YEARS = range(2026, 2031)
METHODS = {
    "Efectivo": "1.1.1",
    "Cheques en mano": "1.1.2",
    "Banco": "1.1.3",
    "Retenciones": "1.1.4",
    "Diferencias en cobros": "1.1.5",
}
INSTALMENTS = "Dos cuotas"


def found_company(admin: Tryton) -> None:
    """Everything that a company has before its first customer. `admin` is signed in as administrator."""
    currency = _create(
        admin, "currency.currency", name="US Dollar", symbol="$", code="USD", numeric_code="840",
        rounding=Decimal("0.01"), digits=2,
    )  # fmt: skip
    owner = _create(admin, "party.party", name="Distribuidora Andina", code="OWNER")
    company = _create(admin, "company.company", party=owner, currency=currency, timezone="America/Guayaquil")
    me = _one(admin, "res.user", ("login", "=", "admin"))
    admin.call("model.res.user", "write", [me], {"companies": [["add", [company]]], "company": company})
    context = {"company": company, "companies": [company]}
    admin.extend(context)
    accounts = _chart(admin, company)
    for year in YEARS:
        _fiscal_year(admin, company, year)
    _sell_something(admin, company, accounts)
    _terms(admin)
    _user(admin, company)
    _say_yes(admin, me)
    admin.call("model.company.company", "write", [company], {"cancel_invoice_out": True})


def _create(admin: Tryton, model: str, **values: Any) -> int:
    made: list[int] = admin.call(f"model.{model}", "create", [values])
    return made[0]


def _one(admin: Tryton, model: str, *domain: Any) -> int:
    found = admin.search_read(model, list(domain), ["id"], limit=1)
    assert found, f"Tryton has no {model} with {domain}"
    return int(found[0]["id"])


def _chart(admin: Tryton, company: int) -> dict[str, int]:
    template = _one(admin, "account.account.template", ("parent", "=", None), ("name", "like", "Universal%"))
    wizard = "wizard.account.create_chart"
    session, *_ = admin.call(wizard, "create")
    chosen = {"account": {"company": company, "account_template": template}}
    admin.call(wizard, "execute", session, chosen, "create_account")
    accounts = {
        kind: _one(
            admin, "account.account", (f"type.{kind}", "=", True), ("company", "=", company),
            ("party_required", "=", kind in ("receivable", "payable")), ("closed", "=", False),
        )
        for kind in ("receivable", "payable", "revenue", "expense")
    }  # fmt: skip
    properties = {
        "company": company,
        "account_receivable": accounts["receivable"],
        "account_payable": accounts["payable"],
        "category_account_expense": accounts["expense"],
        "category_account_revenue": accounts["revenue"],
    }
    admin.call(wizard, "execute", session, chosen | {"properties": properties}, "create_properties")
    admin.call(wizard, "delete", session)
    cash = admin.search_read("account.account", [("code", "=", "1.1.1")], ["type", "parent"])[0]
    journal = _one(admin, "account.journal", ("type", "=", "cash"))
    for name, code in METHODS.items():
        account = (
            cash["id"]
            if code == "1.1.1"
            else _create(
                admin,
                "account.account",
                name=name,
                code=code,
                type=cash["type"],
                parent=cash["parent"],
                company=company,
            )
        )
        _create(
            admin, "account.invoice.payment.method", name=name, company=company, journal=journal,
            debit_account=account, credit_account=account,
        )  # fmt: skip
    return accounts


def _fiscal_year(admin: Tryton, company: int, year: int) -> None:
    def sequence(kind: str) -> int:
        sequence_type = _one(admin, "ir.sequence.type", ("name", "=", kind))
        return _create(
            admin, "ir.sequence.strict", name=f"{kind} {year}", sequence_type=sequence_type, company=company,
            prefix=f"{year}-", padding=6,
        )  # fmt: skip

    invoices = sequence("Invoice")
    names = (
        "out_invoice_sequence",
        "in_invoice_sequence",
        "out_credit_note_sequence",
        "in_credit_note_sequence",
    )
    made = _create(
        admin, "account.fiscalyear", name=str(year), company=company, start_date=date(year, 1, 1),
        end_date=date(year, 12, 31), move_sequence=sequence("Account Move"),
        invoice_sequences=[["create", [{"company": company, **dict.fromkeys(names, invoices)}]]],
    )  # fmt: skip
    admin.call("model.account.fiscalyear", "create_period", [made])


def _sell_something(admin: Tryton, company: int, accounts: dict[str, int]) -> None:
    category = _create(
        admin, "product.category", name="Contabilidad", accounting=True,
        account_revenue=accounts["revenue"], account_expense=accounts["expense"],
    )  # fmt: skip
    unit = _one(admin, "product.uom", ("name", "=", "Unit"))
    _create(
        admin, "product.template", name="Mercadería", type="service", list_price=Decimal(1), default_uom=unit,
        account_category=category, products=[["create", [{}]]],
    )  # fmt: skip


def _terms(admin: Tryton) -> None:
    half = {
        "type": "percent",
        "ratio": Decimal("0.5"),
        "divisor": Decimal(2),
        "relativedeltas": [["create", [{"days": 30}]]],
    }
    rest = {"type": "remainder", "relativedeltas": [["create", [{"days": 60}]]]}
    _create(admin, "account.invoice.payment_term", name=INSTALMENTS, lines=[["create", [half, rest]]])
    thirty = {"type": "remainder", "relativedeltas": [["create", [{"days": 30}]]]}
    _create(admin, "account.invoice.payment_term", name="30 días", lines=[["create", [thirty]]])


def _user(admin: Tryton, company: int) -> None:
    groups = [
        _one(admin, "res.group", ("name", "=", name)) for name in ("Accounting", "Accounting Administration")
    ]
    _create(
        admin, "res.user", name="Recaudo", login=USER, password=PASSWORD, email="recaudo@andina.example",
        companies=[["add", [company]]], company=company, groups=[["add", groups]],
    )  # fmt: skip


def _say_yes(admin: Tryton, user: int) -> None:
    """The administrator backdates invoices: Tryton asks about each of the first two hundred."""
    invoices = (digest_of(f"account.invoice,{number}") for number in range(1, 201))
    admin.call(
        "model.res.user.warning",
        "create",
        [{"user": user, "name": f"{name}.invoice_payment_term", "always": True} for name in invoices],
    )


def digest_of(record: str) -> str:
    """Tryton's name for a question about a record (res.user.warning, `format`)."""
    return md5(record.encode(), usedforsecurity=False).hexdigest()
