"""`make screenshots`: a short day on the real processes, photographed into docs/images."""

from __future__ import annotations

import io
import re
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import FilePayload

from tests.e2e.browser import QUITO, Screen, chromium, screen
from tests.e2e.journeys import (
    DESK,
    PHONE,
    attach_photos,
    confirm_receipt,
    finish_visit,
    pay,
    sign_in,
    sign_visit,
    start_receipt,
    start_visit,
)
from tests.e2e.paper_pictures import draw_pages, mails, saved_paper
from tests.support.stack import ROOT, Stack, stack

IMAGES = ROOT / "docs" / "images"

PAGES = (
    ("/ruta", "route-plan"),
    ("/mapa", "map-legend"),
    ("/clientes/filtros", "filters-show"),
    ("/cliente/{customer}/promesa", "promise-save"),
    ("/cliente/{customer}/reclamo", "dispute-save"),
    ("/cliente/{customer}/pago-informado", "informed-save"),
    ("/cliente/{customer}/nota", "note-save"),
    ("/cartera", "portfolio-overdue"),
    ("/cliente/{customer}/consentimiento", "consent-save"),
    ("/caja", "cash-in-hand"),
    ("/caja/deposito", "deposit-save"),
    ("/caja/cierre", "close-save"),
)
"""Pages of the collector, and what is there when they are; the first word names the picture."""


def take_pictures() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, stack(Path(folder)) as whole:
        whole.start("couchdb")
        whole.run("-m", "backend.demo", "prepare")
        whole.start("api", "reconcile", "scheduler", "supervisor")
        for name in ("ana", "bruno"):
            whole.start_phone(name)
        with chromium() as browser:
            mails(browser, IMAGES)
        _new_phone(whole)
        _collector(whole)
        _dark(whole)
        _second_collector(whole)
        _supervisor(whole)
        _settings(whole)
        _following(whole)


def _picture(name: str) -> str:
    return str(IMAGES / f"{name}.png")


def _collector(whole: Stack) -> None:
    with chromium() as browser, screen(browser, whole.url_of("phone-ana"), **PHONE) as phone:
        phone.open().by_id("sign-in-email").wait_for(state="attached")
        phone.picture(_picture("collector-sign-in"))
        sign_in(phone, "ana@andina.example", code=whole.issue_code("ana"))
        phone.starting_with("next-").first.wait_for(state="attached", timeout=180_000)
        phone.shows(re.compile("Al día"))
        phone.picture(_picture("collector-today"))
        phone.tap("today-month")
        phone.picture(_picture("collector-today-month"))
        first = phone.starting_with("next-").first
        customer = str(first.get_attribute("flt-semantics-identifier")).removeprefix("next-")
        first.click()
        phone.by_id("customer-balance").wait_for(state="attached")
        phone.picture(_picture("collector-customer"))
        start_visit(phone)
        phone.tap("new-receipt")
        phone.by_id("receipt-continue").wait_for(state="attached")
        phone.picture(_picture("collector-receipt"))
        phone.tap("receipt-continue")
        pay(phone, "mixed")
        phone.picture(_picture("collector-payments"))
        phone.tap("receipt-register")
        phone.by_id("receipt-confirm").wait_for(state="attached")
        phone.picture(_picture("collector-confirm"))
        phone.tap("receipt-confirm")
        phone.by_id("voucher-number").wait_for(state="attached")
        phone.shows(re.compile("Contabilizado"))
        phone.picture(_picture("collector-voucher"))
        with phone.page.expect_download() as download:
            phone.tap("receipt-share")
        draw_pages(Path(download.value.path()).read_bytes(), [IMAGES / "voucher.png"])
        phone.tap("receipt-pdf")
        phone.by_id("paper-page-1").wait_for(state="attached")
        phone.picture(_picture("collector-paper"))
        phone.page.go_back()
        phone.tap("continue-visit")
        phone.tap("finish-visit")
        phone.starting_with("outcome-").first.wait_for(state="attached")
        phone.picture(_picture("collector-finish"))
        phone.starting_with("outcome-").first.click()
        phone.type("comment", "Pagó lo vencido y pidió copia.")
        attach_photos(phone, _scene("COMERCIAL"), _scene("LETRERO"))
        phone.picture(_picture("collector-photos"))
        sign_visit(phone, "Rosa Pérez")
        phone.tap("visit-save")
        phone.tap("nav-cobros")
        phone.by_id("day-total").wait_for(state="attached")
        phone.picture(_picture("collector-history"))
        phone.tap("sync-status")
        phone.by_id("sync-now").wait_for(state="attached")
        phone.picture(_picture("collector-sync"))
        phone.open("/clientes").by_id("customer-search").wait_for(state="attached")
        phone.picture(_picture("collector-customers"))
        for path, landmark in PAGES:
            phone.open(path.format(customer=customer)).by_id(landmark).wait_for(state="attached")
            phone.picture(_picture(f"collector-{landmark.partition('-')[0]}"))
        phone.open("/agenda").starting_with("agenda-").first.wait_for(state="attached")
        phone.picture(_picture("collector-agenda"))
        _photos(phone, customer)
        _papers(phone, customer)
        phone.open("/ruta")
        phone.tap("route-plan")
        phone.by_id("route-accept").wait_for(state="attached")
        phone.picture(_picture("collector-route-proposed"))


def _photos(phone: Screen, customer: str) -> None:
    """The slip of a deposit, and the door of a customer as the next collector sees it."""
    phone.open("/caja/deposito").by_id("deposit-save").wait_for(state="attached")
    attach_photos(phone, _scene("PAPELETA 778"))
    phone.picture(_picture("collector-deposit-slip"))
    phone.open(f"/cliente/{customer}/ubicacion").by_id("location-save").wait_for(state="attached")
    phone.page.context.set_geolocation(QUITO)
    phone.type("location-reference", "Puerta azul junto a la panadería")
    phone.type("location-reason", "El punto era de otra tienda")
    attach_photos(phone, _scene("PUERTA AZUL"))
    phone.tap("location-save")
    phone.open(f"/cliente/{customer}").by_id("reference-photo").wait_for(state="attached")
    phone.picture(_picture("collector-reference"))


def _papers(phone: Screen, customer: str) -> None:
    """The papers beside the receipt: the record of today's visit, what is owed, an invoice."""
    phone.open("/cobros")
    phone.tap("history-visits")
    record = phone.starting_with("acta-").first
    record.wait_for(state="attached")
    visit = str(record.get_attribute("flt-semantics-identifier")).removeprefix("acta-")
    saved_paper(phone, visit, [IMAGES / "paper-acta.png", IMAGES / "paper-acta-photos.png"])
    saved_paper(phone, f"customer:{customer}", [IMAGES / "paper-statement.png"])
    phone.open(f"/cliente/{customer}")
    ride = phone.starting_with("ride-").first
    ride.wait_for(state="attached")
    number = str(ride.get_attribute("flt-semantics-identifier")).removeprefix("ride-")
    saved_paper(phone, f"invoice:{number}", [IMAGES / "paper-ride.png"])


def _scene(words: str) -> FilePayload:
    """A photo as a phone's camera takes it."""
    image = Image.new("RGB", (2400, 1800), (150, 170, 190))
    draw = ImageDraw.Draw(image)
    draw.rectangle((750, 600, 1650, 1800), fill=(30, 80, 160))
    draw.text((250, 200), words, fill="black", font_size=220)
    written = io.BytesIO()
    image.save(written, "JPEG")
    return {"name": "foto.jpg", "mimeType": "image/jpeg", "buffer": written.getvalue()}


def _new_phone(whole: Stack) -> None:
    """A phone that has no office yet, as it comes out of its box."""
    url = whole.start_phone("new", RECAUDO_API_URL="")
    with chromium() as browser, screen(browser, url, **PHONE) as phone:
        phone.open().by_id("office").wait_for(state="attached")
        phone.picture(_picture("collector-office"))


def _dark(whole: Stack) -> None:
    with chromium() as browser, screen(browser, whole.url_of("phone-ana"), **PHONE, dark=True) as phone:
        phone.open()
        phone.by_id("today-collected").wait_for(state="attached")
        phone.picture(_picture("collector-today-dark"))
        phone.open("/mapa").by_id("map-legend").wait_for(state="attached")
        phone.picture(_picture("collector-map-dark"))


def _second_collector(whole: Stack) -> None:
    south = {"latitude": -0.262, "longitude": -78.531, "accuracy": 14}
    with chromium() as browser, screen(browser, whole.url_of("phone-bruno"), **PHONE, place=south) as phone:
        phone.open()
        sign_in(phone, "bruno@andina.example", code=whole.issue_code("bruno"))
        stop = phone.starting_with("next-").first
        stop.wait_for(state="attached", timeout=180_000)
        customer = str(stop.get_attribute("flt-semantics-identifier")).removeprefix("next-")
        start_receipt(phone, customer)
        pay(phone, "cheque")
        confirm_receipt(phone)
        phone.shows(re.compile("Contabilizado"))
        finish_visit(phone)


def _supervisor(whole: Stack) -> None:
    with chromium() as browser, screen(browser, whole.url_of("supervisor"), **DESK) as desk:
        desk.open().by_id("sign-in-email").wait_for(state="attached")
        desk.picture(_picture("supervisor-sign-in"))
        sign_in(desk, "sofia@andina.example")
        desk.by_id("panel-collected").wait_for(state="attached", timeout=60_000)
        desk.picture(_picture("supervisor-panel"))
        places = (("Mapa", "map", "map-collector-ana"), ("Gestiones", "visits", "visits-count"))
        for place, name, landmark in (*places, ("Cobros", "receipts", "receipts-total")):
            desk.go_to(place)
            desk.by_id(landmark).wait_for(state="attached")
            desk.picture(_picture(f"supervisor-{name}"))
        desk.go_to("Reparto")
        desk.tap("plan-show")
        desk.by_id("plan-discard").or_(desk.by_id("plan-empty")).first.wait_for(state="attached")
        desk.picture(_picture("supervisor-assignment"))
        desk.go_to("Configuración")
        desk.tap("settings-empresa")
        desk.by_id("look-paper").wait_for(state="attached")
        desk.picture(_picture("supervisor-company"))
        desk.go_to("ERP")
        desk.shows("ERP")
        desk.page.wait_for_timeout(1500)
        desk.picture(_picture("supervisor-erp"))


def _following(whole: Stack) -> None:
    """The office turns it on, and the collector is told and agrees; last, for it shows on every screen."""
    with chromium() as browser, screen(browser, whole.url_of("supervisor"), **DESK) as desk:
        desk.open().by_id("sign-in-email").wait_for(state="attached")
        sign_in(desk, "sofia@andina.example")
        desk.by_id("panel-collected").wait_for(state="attached", timeout=60_000)
        desk.open("/configuracion/recorridos").by_id("following-save").wait_for(state="attached")
        desk.picture(_picture("supervisor-following"))
        for name in ("following-on", "following-day-6", "following-day-7"):
            desk.tap(name)
        desk.type("following-from", "00:00")
        desk.type("following-to", "23:59")
        desk.tap("following-save")
        desk.by_id("following-saved").wait_for(state="attached")
    with chromium() as browser, screen(browser, whole.url_of("phone-ana"), **PHONE) as phone:
        phone.open().by_id("tracking-question").wait_for(state="attached")
        phone.tap("tracking-question")
        phone.tap("tracking-agree")
        phone.by_id("tracking-sign").wait_for(state="attached")
        phone.picture(_picture("collector-tracking"))


SETTINGS = (
    ("personas", "people", "person-ana@andina.example"),
    ("telefonos", "phones", "code-new"),
    ("auditoria", "audit", "audit-export-xlsx"),
    ("rescate", "rescue", "rescue-pick"),
)
"""Pages of *Configuración*, the names of their pictures, and what is there when they are."""


def _settings(whole: Stack) -> None:
    with chromium() as browser:
        for shape, suffix in ((DESK, ""), (PHONE, "-narrow")):
            with screen(browser, whole.url_of("supervisor"), **shape) as desk:
                desk.open("/configuracion").by_id("sign-in-email").wait_for(state="attached")
                sign_in(desk, "alba@andina.example")
                desk.by_id("settings-personas").wait_for(state="attached", timeout=60_000)
                desk.picture(_picture(f"supervisor-settings{suffix}"))
                for path, name, landmark in SETTINGS:
                    desk.by_id(f"settings-{path}").click()
                    desk.by_id(landmark).wait_for(state="attached")
                    desk.picture(_picture(f"supervisor-{name}{suffix}"))
                    if shape is PHONE:
                        desk.tap("settings-back")
                desk.by_id("settings-telefonos").click()
                desk.tap("code-new")
                desk.by_id("code-for-ana").click()
                desk.tap("code-make")
                desk.by_id("code-shown").wait_for(state="attached")
                desk.picture(_picture(f"supervisor-code{suffix}"))


if __name__ == "__main__":
    take_pictures()
