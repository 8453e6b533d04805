"""Fills the demo ERP: 400 customers around Quito and 2,500 invoices of the last five months.

Deterministic: the same seed and day give the same company, to the cent, so that a test may name a customer
or a total.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from random import Random

from backend.demo import quito
from backend.demo.electronic import Firm, authorised_invoice, authorised_withholding, withheld
from backend.demo.tax_ids import PICHINCHA, ruc_of_company, ruc_of_person

CUSTOMERS = 400
INVOICES = 2500
WITHHOLDINGS = 300
CREDIT_NOTES = 120
SEED = "distribuidora-andina"

COMPANY = Firm(
    ruc="1790012344001",
    name="DISTRIBUIDORA ANDINA CÍA. LTDA.",
    address="AV. 10 DE AGOSTO N35-120 Y MARIANA DE JESÚS, QUITO",
)

OLDEST_INVOICE_DAYS = 150
TERMS = (8, 15, 30, 30, 45)
# The share of invoices settled once they are this many days past due; the rest is what collectors live on.
SETTLED_AFTER = ((60, 0.93), (30, 0.80), (0, 0.55), (-400, 0.08))
BLOCKED = {"C0033": "cheque protestado", "C0166": "en proceso judicial", "C0299": "documentación vencida"}
WITHOUT_MAIL = 12  # one customer in so many has no e-mail
WORKING_DAYS = 22  # of a month


def create_demo_erp(path: Path, *, on: date, seed: str = SEED) -> None:
    """Write the ERP as it stands at the start of `on`. Nothing is left behind when it is interrupted."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".tmp")
    unfinished.unlink(missing_ok=True)
    with closing(sqlite3.connect(unfinished)) as connection:
        connection.executescript(files("backend.demo").joinpath("erp.sql").read_text(encoding="utf-8"))
        complete_demo_erp(connection)
        with connection:
            _fill(connection, Random(f"{seed}/{on}"), on)
        connection.execute("PRAGMA journal_mode = WAL")
    unfinished.replace(path)


def complete_demo_erp(connection: sqlite3.Connection) -> None:
    """Give an ERP that an earlier version made what it lacks."""
    connection.executescript(files("backend.demo").joinpath("erp_results.sql").read_text(encoding="utf-8"))
    there = {row[1] for row in connection.execute("PRAGMA table_info(metas)")}
    for column in ("visitas_mes", "efectivas_mes", "efectivas_dia"):
        if column not in there:
            connection.execute(f"ALTER TABLE metas ADD COLUMN {column} INTEGER")


def _fill(connection: sqlite3.Connection, dice: Random, on: date) -> None:
    customers = list(_customers(dice))
    invoices = list(_invoices(dice, customers, on))
    blocked = [(*row, BLOCKED.get(str(row[0]))) for row in customers]
    _insert(connection, "clientes", blocked, on)
    _insert(connection, "cupos", [(row[0], dice.randrange(10, 120) * 50_00) for row in customers], on)
    withholdings = list(_withholdings(dice, invoices))
    credit_notes = list(_credit_notes(dice, invoices))
    _insert(connection, "facturas", [(*invoice, 0) for invoice in invoices], on)
    _insert(connection, "retenciones", withholdings, on)
    _insert(connection, "notas_credito", credit_notes, on)
    _insert(connection, "comprobantes", list(_electronic(customers, invoices, withholdings)), on)
    _insert(connection, "metas", list(goals(on)), on)
    _insert(connection, "resultados", list(performance(on)), on)


def _insert(connection: sqlite3.Connection, table: str, rows: Sequence[tuple[object, ...]], on: date) -> None:
    """Insert `rows`, each changed a minute after the one before, the last at the start of `on`."""
    marks = ", ".join("?" * (len(rows[0]) + 1))
    last = datetime(on.year, on.month, on.day, tzinfo=UTC)
    stamped = (
        (*row, (last - timedelta(minutes=len(rows) - place)).strftime("%Y-%m-%dT%H:%M:%S.000Z"))
        for place, row in enumerate(rows, start=1)
    )
    connection.executemany(f"INSERT INTO {table} VALUES ({marks})", stamped)


def _customers(dice: Random) -> Iterable[tuple[object, ...]]:
    names: set[str] = set()
    for position in range(1, CUSTOMERS + 1):
        zone = quito.ZONES[position % len(quito.ZONES)].code
        sector, lat, lon = dice.choice(quito.SECTORS[zone])
        incorporated = position % 10 == 0
        name = _new_name(dice, names, incorporated=incorporated)
        sequence = 100_000 + position * 907
        tax_id = (ruc_of_company if incorporated else ruc_of_person)(PICHINCHA, sequence)
        code = f"C{position:04d}"
        mail = None if position % WITHOUT_MAIL == 0 else f"{code.lower()}@clientes.example"
        phones = f"+5939{dice.randrange(80_000_000, 99_999_999)}"
        if dice.random() < 0.3:
            phones += f",+5932{dice.randrange(2_200_000, 3_900_000)}"
        address = (
            f"{dice.choice(quito.STREETS)} N{dice.randrange(10, 70)}-{dice.randrange(10, 250)}, {sector}"
        )
        yield (
            code, name, tax_id, "Matriz", phones, mail, address, sector, "Quito",
            round(lat + dice.uniform(-0.002, 0.002), 6), round(lon + dice.uniform(-0.002, 0.002), 6),
            dice.choice(TERMS), dice.choice(quito.OBSERVATIONS), 1,
        )  # fmt: skip


def _new_name(dice: Random, taken: set[str], *, incorporated: bool) -> str:
    while True:
        surnames = f"{dice.choice(quito.SURNAMES)} {dice.choice(quito.SURNAMES)}"
        if incorporated:
            name = f"{dice.choice(quito.COMPANY_NAMES)} {dice.choice(quito.SURNAMES)} Cía. Ltda."
        elif dice.random() < 0.6:
            name = f"{dice.choice(quito.SHOPS)} {dice.choice(quito.SHOP_NAMES)} – {surnames}"
        else:
            name = f"{surnames} {' '.join(dice.sample(quito.FIRST_NAMES, 2))}"
        if name not in taken:
            taken.add(name)
            return name


def _invoices(
    dice: Random, customers: list[tuple[object, ...]], on: date
) -> Iterable[tuple[str, str, str, str, int, int]]:
    terms = {str(row[0]): int(str(row[11])) for row in customers}
    codes = list(terms)
    # Every customer buys at least once; some buy every week.
    buyers = codes + dice.choices(
        codes, weights=[dice.paretovariate(1.3) for _ in codes], k=INVOICES - CUSTOMERS
    )
    days = sorted(dice.randrange(1, OLDEST_INVOICE_DAYS) for _ in buyers)[::-1]
    dice.shuffle(buyers)
    for position, (customer, age) in enumerate(zip(buyers, days, strict=True), start=1):
        issued_on = on - timedelta(days=age)
        due_on = issued_on + timedelta(days=terms[customer])
        total = int(dice.lognormvariate(9.4, 0.8)) + 15_00
        yield (
            f"001-001-{position:09d}", customer, issued_on.isoformat(), due_on.isoformat(), total,
            _balance(dice, total, (on - due_on).days),
        )  # fmt: skip


def _balance(dice: Random, total: int, days_past_due: int) -> int:
    settled = next(share for days, share in SETTLED_AFTER if days_past_due > days)
    if dice.random() < settled:
        return 0
    return total - int(total * dice.uniform(0.1, 0.7)) if dice.random() < 0.15 else total


def _withholdings(
    dice: Random, invoices: list[tuple[str, str, str, str, int, int]]
) -> Iterable[tuple[object, ...]]:
    """Registered ones are already in their invoice's balance; pending ones are not."""
    open_first = sorted(range(len(invoices)), key=lambda index: (invoices[index][5] == 0, index))
    chosen = sorted(dice.sample(open_first[:1200], WITHHOLDINGS))
    for position, index in enumerate(chosen, start=1):
        number, customer, issued_on, due_on, total, balance = invoices[index]
        tax = "RENTA" if position % 2 else "IVA"
        amount = withheld(tax, total)
        registered = balance > amount and dice.random() < 0.7
        if registered:
            invoices[index] = (number, customer, issued_on, due_on, total, balance - amount)
        state = "REGISTRADA" if registered or balance == 0 else "POR VALIDAR"
        yield f"001-002-{position:09d}", customer, number, issued_on, tax, amount, state


def _credit_notes(
    dice: Random, invoices: list[tuple[str, str, str, str, int, int]]
) -> Iterable[tuple[object, ...]]:
    """Most are applied to their invoice, which is then smaller; some wait, open, in the customer's favour."""
    chosen = sorted(dice.sample(range(len(invoices)), CREDIT_NOTES))
    for position, index in enumerate(chosen, start=1):
        number, customer, issued_on, due_on, total, balance = invoices[index]
        amount = max(1, total * dice.randrange(3, 12) // 100)
        applied = balance > amount and dice.random() < 0.75
        if applied:
            invoices[index] = (number, customer, issued_on, due_on, total, balance - amount)
        yield (
            f"001-003-{position:09d}",
            customer,
            number,
            issued_on,
            amount,
            0 if applied or not balance else amount,
        )


def _electronic(
    customers: list[tuple[object, ...]],
    invoices: list[tuple[str, str, str, str, int, int]],
    withholdings: list[tuple[object, ...]],
) -> Iterable[tuple[str, str, str]]:
    """The SRI's XML of every open invoice and of the withholdings over one."""
    firms = {
        str(row[0]): Firm(ruc=str(row[2]), name=str(row[1]), address=f"{row[6]}, {row[8]}")
        for row in customers
    }
    kept = {invoice[0]: invoice for invoice in invoices if invoice[5] > 0}
    for number, customer, issued_on, due_on, total, _balance in kept.values():
        yield "FACTURA", number, authorised_invoice(
            number, issuer=COMPANY, buyer=firms[customer], total=total,
            issued_on=date.fromisoformat(issued_on), due_on=date.fromisoformat(due_on),
        )  # fmt: skip
    for row in withholdings:
        voucher, holder, invoice, withheld_on, tax, *_ = map(str, row)
        if invoice in kept:
            yield "RETENCION", voucher, authorised_withholding(
                voucher, issuer=firms[holder], subject=COMPANY, invoice=invoice, tax=tax,
                total=kept[invoice][4], issued_on=date.fromisoformat(withheld_on),
            )  # fmt: skip


def goals(on: date) -> Iterable[tuple[object, ...]]:
    """What is expected of each collector in the month of `on` and in the next one."""
    following = (on.replace(day=1) + timedelta(days=32)).replace(day=1)
    for month in (on, following):
        for zone, amount in zip(quito.ZONES, (24_000_00, 20_000_00, 22_000_00), strict=True):
            day = amount // WORKING_DAYS // 100 * 100
            visits, effective = 20 * WORKING_DAYS, 14 * WORKING_DAYS
            yield zone.collector, month.strftime("%Y-%m"), amount, day, visits, 20, effective, 14


def performance(on: date) -> Iterable[tuple[object, ...]]:
    """What each collector sold and took orders for in the month of `on`, so far, and in the one before."""
    before = on.replace(day=1) - timedelta(days=1)
    for month, worked in ((before, WORKING_DAYS), (on, on.day * WORKING_DAYS // 31)):
        for zone, daily in zip(quito.ZONES, (1_312_45, 1_104_30, 987_60), strict=True):
            yield (
                zone.collector, month.strftime("%Y-%m"), daily * worked, 6 * worked, daily * worked // 8,
                worked // 2,
            )  # fmt: skip
