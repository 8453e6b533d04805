"""A day of 20 visits and 10 receipts as a collector worked it, and how to work it through the screens.

The totals are those of a real day: 10 payments of 3,659.59 together, 327.56 in cash and 3,332.03 in cheques.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend.demo.erp_data import BLOCKED
from flet_app.collector.phone import Phone
from tests.support.flet_harness import Screen

CASH, CHEQUE = "cash", "cheque"
BANK = "Banco Pichincha"


@dataclass(frozen=True, slots=True)
class Stop:
    """One visit: its outcome, what was paid as (method, cents), and in how many days the next one is due."""

    outcome: str
    payments: tuple[tuple[str, int], ...] = ()
    next_days: int | None = None
    comment: str = "Se conversó con el encargado del local."

    @property
    def paid(self) -> int:
        return sum(amount for _method, amount in self.payments)


DAY = (
    Stop("paid", ((CHEQUE, 1_000_00),)),
    Stop("absent", next_days=1),
    Stop("paid", ((CASH, 40_00),)),
    Stop("promise", next_days=7),
    Stop("partial", ((CHEQUE, 850_50),), next_days=7),
    Stop("closed", next_days=1),
    Stop("paid", ((CASH, 65_25),)),
    Stop("partial", ((CHEQUE, 600_00),), next_days=15),
    Stop("call_back", next_days=3),
    Stop("dispute", comment="Dice que la mercadería llegó incompleta."),
    Stop("paid", ((CASH, 72_31),)),
    Stop("absent", next_days=3),
    Stop("partial", ((CHEQUE, 431_53),), next_days=7),
    Stop("refuses", comment="No piensa pagar hasta hablar con el gerente."),
    Stop("partial", ((CASH, 50_00), (CHEQUE, 150_00)), next_days=7),
    Stop("promise", next_days=3),
    Stop("paid", ((CHEQUE, 300_00),)),
    Stop("moved", comment="El vecino dice que se cambiaron en octubre."),
    Stop("paid", ((CASH, 100_00),)),
    Stop("other", comment="Había un corte de agua y nadie atendía."),
)
TOTALS = {CASH: 327_56, CHEQUE: 3_332_03}


def spoken(cents: int) -> str:
    """As the company's screens write dollars: `$ 3.659,59`."""
    return "$ " + f"{cents // 100:,}".replace(",", ".") + f",{cents % 100:02d}"


def typed(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


def planned(phone: Phone, customers: Sequence[str]) -> Iterator[tuple[str, Stop]]:
    """The day's stops with the customers of the route: who owes most pays most.

    Whom the ERP has blocked pays nothing: it would refuse the receipt.
    """
    owed: Counter[str] = Counter()
    for invoice in phone.portfolio.invoices.values():
        owed[invoice["customer"]] += invoice["balance"]
    by_debt = sorted(customers, key=lambda code: (code not in BLOCKED, owed[code]), reverse=True)
    by_payment = sorted(range(len(DAY)), key=lambda index: DAY[index].paid, reverse=True)
    visited = dict(zip(by_payment, by_debt, strict=True))
    for index, stop in enumerate(DAY):
        assert owed[visited[index]] >= stop.paid, f"{visited[index]} owes less than {stop.paid}"
        yield visited[index], stop


async def work(screen: Screen, phone: Phone, customer: str, stop: Stop) -> None:
    """Visit `customer` as `stop` says, with the taps and keys of a collector who stands at the door."""
    _stand_at(screen, phone, customer)
    await screen.go(f"/cliente/{customer}")
    await screen.tap("start-visit")
    await screen.until(lambda: screen.has("new-receipt") or screen.has("contact-anyway"), "the visit begins")
    if screen.has("contact-anyway"):
        await screen.tap("contact-anyway")
        await screen.until(lambda: screen.has("new-receipt"), "the visit is open")
    if stop.payments:
        await _collect(screen, stop)
    if stop.outcome == "promise":
        await _promise(screen, phone, customer)
    await _finish(screen, phone, stop)


def _stand_at(screen: Screen, phone: Phone, customer: str) -> None:
    location = phone.portfolio.customers[customer]["location"]
    screen.connection.answers["get_current_position"] = {
        "latitude": location["lat"], "longitude": location["lon"], "accuracy": 8.0, "mocked": False,
    }  # fmt: skip


async def _collect(screen: Screen, stop: Stop) -> None:
    await screen.tap("new-receipt")
    await screen.type("receipt-amount", typed(stop.paid))
    await screen.tap("receipt-continue")
    for line, (method, amount) in enumerate(stop.payments):
        if line or method != CASH:
            await screen.tap(f"receipt-method-{method}")
        if len(stop.payments) > 1:
            await screen.type(f"receipt-line-{line}-amount", typed(amount))
        if method == CHEQUE:
            await screen.choose(f"receipt-line-{line}-bank", BANK)
            await screen.type(f"receipt-line-{line}-account", "2100456789")
            await screen.type(f"receipt-line-{line}-number", f"{amount:06d}")
            await screen.type(f"receipt-line-{line}-drawer", "Comercial de prueba")
    await screen.tap("receipt-register")
    await screen.tap("receipt-confirm")
    await screen.until(lambda: screen.has("voucher-number"), "the voucher is shown")
    await screen.tap("continue-visit")


async def _promise(screen: Screen, phone: Phone, customer: str) -> None:
    """What the form proposes, in five dollars."""
    before = len(phone.portfolio.promises)
    await screen.go(f"/cliente/{customer}/promesa")
    await screen.type("promise-amount", "5,00")
    await screen.tap("promise-save")
    await screen.until(lambda: len(phone.portfolio.promises) > before, "the promise is saved")
    await screen.go(f"/cliente/{customer}")


async def _finish(screen: Screen, phone: Phone, stop: Stop) -> None:
    await screen.tap("finish-visit")
    await screen.tap(f"outcome-{stop.outcome}")
    await screen.type("comment", stop.comment)
    if stop.next_days:
        await screen.tap(f"next-{stop.next_days}")
    await screen.tap("visit-save")
    await screen.until(lambda: phone.portfolio.open_visit() is None, "the visit is finished")
