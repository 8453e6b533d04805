"""Every screen of the collector, read from the map of the app, in both languages, light and dark.

A route that is added to `views/root.py` is walked from then on; one that can't be reached fails.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import flet as ft
import pytest

from backend.reconcile.activity import item_of, merge_activity
from flet_app.collector.actions.cash import deposit
from flet_app.collector.actions.claims import dispute, informed_payment, note, promise, update_location
from flet_app.collector.figures import open_items
from flet_app.collector.phone import Phone
from flet_app.collector.views.root import EXPIRED_ROUTES, LOCKED_ROUTES, PIN_ROUTES, ROUTES, WIPED_ROUTES
from receivables.money import Money
from tests.support import screen_audit
from tests.support.collector_walk import arrive, begin_visit, walk
from tests.support.field import QUITO as PLACE
from tests.support.field import collect
from tests.support.flet_harness import Screen
from tests.support.languages import foreign, listened_to
from tests.support.letters import CLOSE
from tests.unit.flet_app.test_screen_deposit import CASH, LATER, READY
from tests.unit.flet_app.test_screen_voucher import posting

SHUT = (PIN_ROUTES, LOCKED_ROUTES, WIPED_ROUTES, EXPIRED_ROUTES)
PARAMETERS = {":code": "C0001", ":number": "R0001-00000001"}
LOOKS = (("es", "light", True), ("en", "dark", True), ("es", "dark", False), ("en", "light", False))


def addresses(routes: list[ft.Route], above: str = "") -> Iterator[tuple[str, Any]]:
    """Every address of the map with its component, the parameters filled in."""
    for route in routes:
        path = "/".join(PARAMETERS.get(part, part) for part in (route.path or "").split("/"))
        here = f"{above.rstrip('/')}/{path.lstrip('/')}"
        yield here, route.component
        yield from addresses(list(route.children or ()), here)


def one_address_each() -> list[str]:
    found: dict[Any, str] = {}
    for address, component in addresses(ROUTES):
        found.setdefault(component, address)
    return list(found.values())


Open = Callable[[Screen], Awaitable[None]]


def tapping(*identifiers: str) -> Open:
    async def opened(screen: Screen) -> None:
        for each in identifiers:
            await screen.tap(each)

    return opened


SHEETS: dict[str, tuple[str, Open]] = {
    "views/more.py": ("/mas", tapping("sign-out")),
    "views/voucher.py": ("/cobros/recibo/R0001-00000001", tapping("void-receipt")),
    "views/receipt.py": ("/clientes/cliente/C0001/cobro", tapping("receipt-continue", "receipt-register")),
    "views/payment_lines.py": ("/cobros", tapping("day-pick")),
}
"""Each module that opens a sheet or a dialog, where it is and how it is opened."""

ELSEWHERE = {
    "views/contacting.py": "tests/unit/flet_app/test_contact_gate.py walks the sheet of the rules",
    "views/camera.py": "test_photos_of_the_phone.py: a camera does not open in a test",
    "views/pictures.py": "test_photos_of_the_phone.py walks the enlarged photo",
    "state.py": "passing words",
}


@dataclasses.dataclass
class Audit:
    """What was found wrong, by the address."""

    language: str
    dark: bool
    own: str
    names: tuple[str, ...]
    findings: list[str] = dataclasses.field(default_factory=list)
    seen: int = 0

    def look(self, screen: Screen, at: str) -> None:
        found = screen_audit.tree(screen)
        targets = [each for each in found if screen_audit.is_target(each.control)]
        self.seen += len(targets)
        if not targets:
            self.findings.append(f"{at}: nothing to press")
        checks = itertools.chain(
            screen_audit.unnamed(found), screen_audit.small(found), screen_audit.too_wide(found),
            screen_audit.raw(found),
            screen_audit.pale(found, dark=self.dark),
            foreign(found, self.language, names=self.names, own=self.own),
        )  # fmt: skip
        self.findings += [f"{at}: {finding}" for finding in checks]


async def worked(screen: Screen, phone: Phone) -> None:
    """A day with everything in it: what was collected, claimed, banked, refused and rejected."""
    await collect(phone, "C0002", [], [CASH, READY, LATER])
    items = open_items(phone.portfolio, "C0001")
    first = items[0]
    some = Money(1_000, "USD")
    on = phone.today()
    await promise(phone, "C0001", invoices=[first.invoice], amount=some, promised_on=on)
    await dispute(phone, "C0001", invoice=first.invoice, reason="price", amount=some, text="Caro")
    await informed_payment(
        phone, "C0001", invoices=[], amount=some, paid_on=on, bank="Pichincha", reference="77", text="Ayer",
    )  # fmt: skip
    await update_location(phone, "C0001", place=PLACE, reason="Se mudaron", reference="Puerta azul")
    written = await note(phone, "C0001", text="Pregunte por Rosa")
    await deposit(phone, cash=some, cheques=[], bank="Pichincha", account="", number="5", deposited_on=on)
    assert isinstance(written, dict)
    store = phone.store
    assert store is not None
    store.keep_outbox(dataclasses.replace(store.outbox, refused={written["_id"]: "E-17"}))
    facts = [
        *phone.portfolio.promises.values(), *phone.portfolio.disputes.values(),
        *phone.portfolio.informed.values(), *phone.portfolio.visits.values(),
        *phone.portfolio.receipts.values(), *phone.portfolio.location_updates.values(), written,
    ]  # fmt: skip
    told = [item_of(fact | {"_id": f"{fact['_id']}x", "collector": "luis"}) for fact in facts]
    await arrive(
        screen, phone, CLOSE | {"device": "01K0000000000000000000DEV1"},
        posting(state="rejected", reason="Cerrado"), merge_activity(None, "C0001", told),
    )  # fmt: skip
    await begin_visit(screen)


def audited(folder: Path, language: str, theme: str, *, busy: bool, visit: Any) -> Audit:
    """Walk `visit(screen, phone, audit)` on a phone that speaks `language`; the audit of what was seen."""
    audits: list[Audit] = []

    async def story(screen: Screen, phone: Phone) -> None:
        store = phone.store
        assert store is not None
        if busy:
            await worked(screen, phone)
        store.choose(language=language, theme_mode=theme)
        phone.announce()
        await screen.settle()
        own = " ".join(str(row["doc"]) for row in store.database.all_docs(include_docs=True)["rows"])
        names = sorted((str(each["name"]) for each in phone.portfolio.customers.values()), key=len)
        audit = Audit(language, theme == "dark", own, tuple(reversed(names)))
        await visit(screen, phone, audit)
        audits.append(audit)

    walk(folder, story)
    return audits[0]


@pytest.mark.parametrize(("language", "theme", "busy"), LOOKS)
def test_every_screen_is_named_large_readable_and_in_one_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, theme: str, busy: bool
) -> None:
    untranslated = listened_to(monkeypatch)

    async def visit(screen: Screen, _phone: Phone, audit: Audit) -> None:
        for address in one_address_each():
            await screen.go(address)
            await screen.settle()
            audit.look(screen, address)
        await screen.go("/no-such-place")
        audit.look(screen, "lost")
        if busy:
            for tab in ("tab-withholdings", "tab-activity"):
                await screen.go("/clientes/cliente/C0001")
                await screen.tap(tab)
                audit.look(screen, tab)

    audit = audited(tmp_path, language, theme, busy=busy, visit=visit)
    assert not audit.findings, "\n".join(sorted(set(audit.findings)))
    assert not untranslated
    assert audit.seen > 100


@pytest.mark.parametrize(("language", "theme", "_busy"), LOOKS[:2])
@pytest.mark.parametrize("module", sorted(SHEETS))
def test_every_sheet_is_named_large_readable_and_in_one_language(
    tmp_path: Path, module: str, language: str, theme: str, _busy: bool
) -> None:
    address, opened = SHEETS[module]

    async def visit(screen: Screen, phone: Phone, audit: Audit) -> None:
        if module == "views/voucher.py":
            await collect(phone, "C0003", [], [CASH])
        await screen.go(address)
        await opened(screen)
        assert any(each.open for each in screen.page._dialogs.controls), "the sheet is open"
        audit.look(screen, module)

    audit = audited(tmp_path, language, theme, busy=module == "views/receipt.py", visit=visit)
    assert not audit.findings, "\n".join(sorted(set(audit.findings)))


def test_every_module_that_opens_a_sheet_is_looked_at() -> None:
    app = Path(__file__).parents[3] / "flet_app" / "collector"
    opening = {
        path.relative_to(app).as_posix()
        for path in app.rglob("*.py")
        if re.search(r"(use_dialog|show_dialog)\(", path.read_text(encoding="utf-8"))
    }
    assert opening == set(SHEETS) | set(ELSEWHERE)


def test_every_shut_screen_is_one_of_those_that_have_tests() -> None:
    shut = [each for routes in SHUT for each in addresses(routes)]
    names = {component.__name__ for _, component in shut}
    tested = "test_pin.py, test_screen_more.py, test_screen_sign_in.py, test_screen_wiped.py, _expired.py"
    assert names == {"Unlock", "Locked", "SignIn", "Wiped", "Expired"}, tested
