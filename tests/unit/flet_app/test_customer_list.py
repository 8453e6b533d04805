"""The list of customers: filtered, sorted, kept by name, passed on, and cheap however long it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import flet as ft

from flet_app.collector.customer_filter import CustomerFilter, from_code, to_code
from flet_app.collector.phone import Phone
from flet_app.collector.views.customer_rows import AFTER, BEFORE, BLOCK, BLOCK_HEIGHT
from tests.support.collector_walk import NOW, walk, with_documents
from tests.support.flet_harness import Screen
from tests.support.seed_phone import seed_phone


def shown(screen: Screen) -> list[str]:
    """The customers whose rows exist, from the top."""
    return [
        str(control.identifier).removeprefix("customer-")
        for control in screen.walk()
        if isinstance(control, ft.Semantics) and str(control.identifier).startswith("customer-C")
    ]


def total(screen: Screen) -> str:
    content = screen.by_id("customers-total").content
    assert isinstance(content, ft.Text)
    return str(content.value).replace("\u00a0", " ")


async def sort(screen: Screen, kind: str) -> None:
    item: Any = next(
        control
        for control in screen.walk()
        if isinstance(control, ft.PopupMenuItem) and control.key == f"sort-{kind}"
    )
    await screen.fire(item, "click")


async def scroll_to(screen: Screen, pixels: float) -> None:
    listing = next(control for control in screen.walk() if isinstance(control, ft.ListView))
    event = {
        "event_type": "update", "pixels": pixels, "min_scroll_extent": 0.0, "max_scroll_extent": 99_999.0,
        "viewport_dimension": 600.0,
    }  # fmt: skip
    await screen.fire(listing, "scroll", event)


def test_conditions_combine_and_are_taken_off_one_by_one(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        assert phone.store is not None
        lines = {line.code: line for line in phone.store.overviews.all(on=phone.today())}
        late = {code for code, line in lines.items() if 30 < line.days_past_due <= 60}
        rich = {code for code in late if lines[code].overdue.minor >= 100_000}
        assert set() < rich < late < set(lines), "the seed has customers of each kind"
        await screen.go("/clientes")
        assert total(screen).startswith("12 clientes · Vencido $ ")
        await screen.tap("filters-open")
        await screen.tap("filter-ages-31-60")
        assert not screen.says("Ver 12 clientes")
        await screen.type("filter-least", "1000")
        assert screen.says(f"Ver {len(rich)} cliente")
        await screen.tap("filters-show")
        assert set(shown(screen)) == rich
        assert screen.says("Filtros (2)")
        await screen.tap("filter-off-amount")
        await screen.until(lambda: set(shown(screen)) == late, "only the age counts")
        await screen.tap("filter-off-ages")
        await screen.until(lambda: len(shown(screen)) == 12, "everybody is back")

    walk(tmp_path, story)


def test_what_is_shown_adds_up_to_what_is_written_above_it(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        assert phone.store is not None
        await screen.go("/clientes")
        await screen.type("customer-search", "rosal")
        lines = [phone.store.overviews.of(code, on=phone.today()) for code in shown(screen)]
        minor = sum(line.overdue.minor for line in lines)
        assert minor, "somebody is late"
        amount = f"{minor / 100:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")
        assert total(screen) == f"{len(lines)} clientes · Vencido $ {amount}"

    walk(tmp_path, story)


def test_every_order_is_the_one_that_it_says(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        assert phone.store is not None
        lines = {line.code: line for line in phone.store.overviews.all(on=phone.today())}
        urgent = phone.store.overviews.priorities(on=phone.today())
        await screen.go("/clientes")
        await sort(screen, "amount")
        await screen.until(lambda: screen.says("Monto vencido"), "sorted by amount")
        amounts = [lines[code].overdue.minor for code in shown(screen)]
        assert amounts == sorted(amounts, reverse=True)
        await sort(screen, "age")
        await screen.until(lambda: screen.says("Mora más antigua"), "sorted by age")
        ages = [lines[code].days_past_due for code in shown(screen)]
        assert ages == sorted(ages, reverse=True)
        await sort(screen, "priority")
        await screen.until(lambda: screen.says("Prioridad baja"), "the priority stands in the rows")
        scores = [urgent[code].score for code in shown(screen)]
        assert scores == sorted(scores, reverse=True)
        await sort(screen, "distance")
        await screen.until(lambda: screen.says(" km · C0"), "the distance stands in the rows")
        assert phone.store.chosen["customers"]["sort"] == "distance"
        nearest = shown(screen)
        await sort(screen, "name")
        await screen.until(lambda: shown(screen) == list(lines), "sorted by name")
        assert nearest != list(lines)

    walk(tmp_path, story)


def test_a_filter_is_kept_by_name_put_on_again_and_forgotten(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        assert phone.store is not None
        await screen.go("/clientes/filtros")
        await screen.tap("filter-keep")
        assert screen.says("Póngale un nombre al filtro.")
        await screen.tap("filter-located-false")
        await screen.type("filter-name", "Sin mapa")
        await screen.tap("filter-keep")
        await screen.until(lambda: screen.has("segment-Sin mapa"), "the filter is kept")
        await screen.tap("filters-clear")
        await screen.until(lambda: screen.says("Ver 12 clientes"), "nothing is asked for")
        await screen.tap("segment-Sin mapa")
        await screen.until(lambda: screen.says("Ver 0 clientes"), "the filter is on")
        phone.store.load_preferences()
        assert phone.store.chosen["segments"] == {"Sin mapa": {"located": False}}
        await screen.tap("filters-show")
        assert screen.says("Ningún cliente cumple esas condiciones.")
        await screen.go("/clientes/filtros")
        await screen.tap("segment-drop-Sin mapa")
        await screen.until(lambda: not screen.has("segment-Sin mapa"), "it is forgotten")

    walk(tmp_path, story)


def test_a_filter_is_passed_on_as_a_code(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/clientes/filtros")
        await screen.tap("filter-disputed-true")
        await screen.type("filter-name", "Reclamos")
        await screen.tap("filter-share")
        sent = next(arguments for name, arguments in screen.connection.calls if name == "set")
        text = next(iter(sent.values()))
        assert from_code(text) == ("Reclamos", CustomerFilter(disputed=True))
        await screen.type("filter-code", "hola")
        await screen.tap("filter-read")
        assert screen.says("Este no es el código de un filtro.")
        await screen.type("filter-code", to_code(CustomerFilter(least=123_456), "Grandes"))
        await screen.tap("filter-read")
        await screen.until(lambda: not screen.says("no es el código"), "the code is read")
        assert screen.field("filter-least").value == "1234,56"
        assert screen.field("filter-name").value == "Grandes"

    walk(tmp_path, story)


def test_rows_exist_only_near_the_reader_and_everywhere_one_gets_to(tmp_path: Path) -> None:
    many = 20 * BLOCK + 5

    async def story(screen: Screen, phone: Phone) -> None:
        await screen.go("/clientes")
        everybody = phone.portfolio.in_order()
        assert total(screen).startswith(f"{many} clientes")
        assert shown(screen) == everybody[: (1 + AFTER) * BLOCK]
        await scroll_to(screen, 10 * BLOCK_HEIGHT + 40)
        assert shown(screen) == everybody[(10 - BEFORE) * BLOCK : (11 + AFTER) * BLOCK]
        await scroll_to(screen, 20 * BLOCK_HEIGHT)
        assert shown(screen)[-5:] == everybody[-5:], "the last rows are there"
        heights = [
            float(control.height or 0)
            for control in screen.walk()
            if isinstance(control, ft.Container) and str(control.key).startswith("block-")
        ]
        assert sum(heights) == many * 76, "the scroll bar tells the truth"
        await screen.type("customer-search", "rosal")
        assert shown(screen)[0] == phone.portfolio.search("rosal")[0], "a search starts at the top"

    seed_phone(tmp_path, now=NOW, customers=many)
    walk(tmp_path, story)


LONG = "Comercializadora e Importadora de Víveres San Francisco de Q"


def test_a_long_name_leaves_its_room_to_an_amount_without_decimals(tmp_path: Path) -> None:
    customer = {"_id": "customer:C0001", "name": LONG, "currency": "CLP"}
    invoice = {
        "_id": "invoice:001-001-999999999", "number": "001-001-999999999", "customer": "C0001",
        "issued_on": "2026-08-01", "due_on": "2026-09-01", "total": 162_008_000, "balance": 162_008_000,
        "currency": "CLP", "state": "open", "reflects": [],
    }  # fmt: skip

    async def story(screen: Screen, _phone: Phone) -> None:
        assert len(LONG) == 60
        for address in ("/clientes", "/ruta", "/agenda", "/ruta/2026-11-20/agregar", "/mapa"):
            await screen.go(address)
            names = [each for each in screen.walk() if isinstance(each, ft.Text) and each.value == LONG]
            assert all(each.max_lines and each.overflow is ft.TextOverflow.ELLIPSIS for each in names), (
                address
            )
        await screen.go("/clientes")
        (figure,) = (
            each
            for each in screen.walk()
            if isinstance(each, ft.Text) and str(each.value).replace("\u00a0", " ") == "CLP 162.008.000"
        )
        assert figure.no_wrap
        assert total(screen).count(" + ") == 1, "each currency is summed by itself"

    walk(tmp_path, with_documents(story, customer, invoice))
