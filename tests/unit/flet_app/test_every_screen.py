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
from flet_app.collector.views.root import LOCKED_ROUTES, PIN_ROUTES, ROUTES
from flet_app.i18n import Texts, catalogue
from receivables.money import Money
from tests.support import screen_audit
from tests.support.collector_walk import arrive, begin_visit, walk
from tests.support.field import QUITO as PLACE
from tests.support.field import collect
from tests.support.flet_harness import Screen
from tests.support.letters import CLOSE
from tests.unit.flet_app.test_screen_deposit import CASH, LATER, READY
from tests.unit.flet_app.test_screen_voucher import posting

PARAMETERS = {":code": "C0001", ":number": "R0001-00000001"}
LOOKS = (("es", "light", True), ("en", "dark", True), ("es", "dark", False), ("en", "light", False))
SPANISH = re.compile(r"\b(el|los|las|una|por|para|con|del|está|hoy|sin|que|su)\b", re.IGNORECASE)
ENGLISH = re.compile(r"\b(the|of|is|are|and|to|from|your|with|this|what|by|on)\b", re.IGNORECASE)


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
            screen_audit.raw(found), screen_audit.pale(found, dark=self.dark), self.foreign(found),
        )  # fmt: skip
        self.findings += [f"{at}: {finding}" for finding in checks]

    def foreign(self, found: list[screen_audit.Seen]) -> Iterator[str]:
        """Words of the other language that no document of the phone contains."""
        others = ENGLISH if self.language == "es" else SPANISH
        for seen in found:
            for text in screen_audit.spoken(seen.control):
                for name in self.names:
                    text = text.replace(name, "")
                for part in text.split(" · "):
                    if others.search(part) and part.strip("«»") not in self.own:
                        yield f"not {self.language}: {part}"


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
    names = {component.__name__ for _, component in (*addresses(PIN_ROUTES), *addresses(LOCKED_ROUTES))}
    assert names == {"Unlock", "Locked", "SignIn"}, "test_pin.py, test_screen_more.py, test_screen_sign_in.py"


def listened_to(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The keys that screens ask for and the Spanish catalogues lack, however they were put together."""
    missing: set[str] = set()
    plain, plural = Texts.t, Texts.n

    def known(texts: Texts, key: str) -> None:
        if texts.language == "es" and not any(key in catalogue("es", domain) for domain in texts.domains):
            missing.add(key)

    def t(self: Texts, key: str, **values: object) -> str:
        known(self, key)
        return plain(self, key, **values)

    def n(self: Texts, singular: str, plural_: str, count: int, **values: object) -> str:
        known(self, singular)
        return plural(self, singular, plural_, count, **values)

    monkeypatch.setattr(Texts, "t", t)
    monkeypatch.setattr(Texts, "n", n)
    return missing
