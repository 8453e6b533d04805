"""What people do with the apps, through the screens; the tests and the pictures of the README do the same."""

from __future__ import annotations

import re

from playwright.sync_api import FilePayload

from tests.e2e.browser import Screen
from tests.support.stack import PASSWORD

PHONE = {"width": 360, "height": 800}
DESK = {"width": 1280, "height": 800}


def sign_in(window: Screen, email: str, *, code: str = "") -> None:
    """`code` is the office's, for a phone that is new."""
    window.type("sign-in-email", email)
    window.type("sign-in-password", PASSWORD)
    window.tap("sign-in-submit")
    if code:
        window.by_id("sign-in-code").wait_for(state="attached")
        window.type("sign-in-code", code)
        window.tap("sign-in-submit")


def open_customer(phone: Screen, customer: str) -> None:
    phone.open("/clientes")
    phone.type("customer-search", customer)
    phone.tap(f"customer-{customer}")


def start_visit(phone: Screen) -> None:
    """At whatever hour the tests run: the rules of contact warn outside their own, and the visit goes on."""
    phone.tap("start-visit")
    begun, warned = phone.by_id("new-receipt"), phone.by_id("contact-anyway")
    begun.or_(warned).first.wait_for(state="attached")
    if warned.count():
        phone.tap("contact-anyway")


def start_receipt(phone: Screen, customer: str) -> None:
    """To the second step of a receipt, with the amount that the app proposes."""
    open_customer(phone, customer)
    start_visit(phone)
    phone.tap("new-receipt")
    phone.tap("receipt-continue")
    phone.by_id("receipt-line-0-amount").wait_for(state="attached")


def pay(phone: Screen, method: str) -> None:
    """Cash is what the app proposes; another method takes its place or, after a smaller amount, the rest."""
    match method:
        case "cash":
            return
        case "cheque":
            phone.tap("receipt-method-cheque")
            _choose_bank(phone, 0)
            phone.type("receipt-line-0-account", "2100456789")
            phone.type("receipt-line-0-number", "000123")
            phone.type("receipt-line-0-drawer", "Comercial de prueba")
        case "transfer":
            phone.tap("receipt-method-transfer")
            _fill_transfer(phone, 0)
        case "mixed":
            phone.type("receipt-line-0-amount", "10,00")
            phone.tap("receipt-method-transfer")
            _fill_transfer(phone, 1)
        case _:
            raise ValueError(method)


def confirm_receipt(phone: Screen) -> None:
    phone.tap("receipt-register")
    phone.tap("receipt-confirm")
    phone.by_id("voucher-number").wait_for(state="attached")


def finish_visit(phone: Screen, comment: str = "Pagó lo vencido y pidió copia.") -> None:
    phone.tap("continue-visit")
    phone.tap("finish-visit")
    phone.starting_with("outcome-").first.click()
    phone.type("comment", comment)
    phone.tap("visit-save")
    phone.by_id("nav-hoy").wait_for(state="attached")


def sign_visit(phone: Screen, name: str) -> None:
    """The customer's name, and a line of the finger."""
    _scroll_to(phone, "attended-by")
    phone.type("attended-by", name)
    _scroll_to(phone, "visit-signature")
    box = phone.by_id("visit-signature").bounding_box()
    assert box is not None
    points = ((0.15, 0.7), (0.3, 0.3), (0.4, 0.75), (0.55, 0.35), (0.7, 0.6), (0.85, 0.45))
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    phone.page.mouse.move(*places[0])
    phone.page.mouse.down()
    for place in places[1:]:
        phone.page.mouse.move(*place, steps=12)
    phone.page.mouse.up()


def attach_photos(phone: Screen, *files: FilePayload) -> None:
    """Pick them in the form that is open, and bring them into sight."""
    _scroll_to(phone, "photo-pick")
    with phone.page.expect_file_chooser() as chooser:
        phone.tap("photo-pick")
    chooser.value.set_files(files)
    phone.by_id(f"photo-{len(files) - 1}-open").wait_for(state="attached")
    _scroll_to(phone, "photo-pick")


def _scroll_to(phone: Screen, identifier: str) -> None:
    """Below the app bar and above the bottom bar, where a thumb reaches it."""
    control, size = phone.by_id(identifier), phone.page.viewport_size
    assert size is not None
    phone.page.mouse.move(size["width"] / 2, size["height"] / 2)
    for _ in range(20):
        box = control.bounding_box() if control.count() else None
        if box is not None and box["y"] + box["height"] < size["height"] - 100:
            return
        phone.page.mouse.wheel(0, 150)
        phone.page.wait_for_timeout(300)
    raise AssertionError(f"{identifier} is not on this screen")


def _fill_transfer(phone: Screen, line: int) -> None:
    _choose_bank(phone, line)
    phone.type(f"receipt-line-{line}-reference", f"TR-{line}-778899")


def _choose_bank(phone: Screen, line: int) -> None:
    phone.tap(f"receipt-line-{line}-bank")
    phone.page.get_by_role("button", name=re.compile("Pichincha")).first.click()
