"""A new phone is told where its office is, once; what is no Recaudo, or not safe, is refused in words."""

from __future__ import annotations

import contextlib
import json
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from flet_app.collector.api import Refused
from flet_app.collector.office import NotRecaudo, Office, Unreachable, Untrusted, prove
from flet_app.collector.phone import Phone
from tests.support.collector_walk import walk
from tests.support.flet_harness import Screen

RECAUDO = json.dumps({"status": "ok", "service": "recaudo"})
PORTAL = "<html>Bienvenido a la red del centro comercial</html>"


@contextlib.contextmanager
def answering(text: str, *, status: int = 200, certificate: Path | None = None) -> Iterator[str]:
    """The address of a real server that says `text` to everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_arguments: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.handle_error = lambda *_arguments: None  # type: ignore[method-assign]  # a client that hangs up
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def self_signed(folder: Path) -> Path:
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, None)
    )
    file = folder / "self-signed.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.public_bytes(Encoding.PEM))
    return file


@pytest.mark.parametrize(
    ("text", "status"),
    [(PORTAL, 200), (RECAUDO, 404), (RECAUDO, 302), ('{"status": "ok"}', 200), ("[]", 200)],
)
def test_another_server_is_not_taken_for_recaudo(text: str, status: int) -> None:
    with answering(text, status=status) as address, pytest.raises(NotRecaudo):
        prove(address)


def test_who_can_not_prove_to_be_it_is_not_trusted(tmp_path: Path) -> None:
    with answering(RECAUDO, certificate=self_signed(tmp_path)) as address, pytest.raises(Untrusted):
        prove(address)


def test_nobody_there_is_unreachable() -> None:
    with pytest.raises(Unreachable):
        prove("http://127.0.0.1:9")


def test_the_address_outlives_a_restart_until_it_is_forgotten(tmp_path: Path) -> None:
    with answering(RECAUDO) as address:
        office = Office(tmp_path)
        assert office.address == ""
        office.settle(f"recaudo://oficina?api={address}&code=ABCD-EFGH")
        assert (office.address, office.code) == (address, "ABCD-EFGH")
    again = Office(tmp_path)
    assert (again.address, again.code) == (address, ""), "a one-time code is not kept"
    again.forget()
    assert Office(tmp_path).address == ""
    assert Office(tmp_path, "http://127.0.0.1:8000").address == "http://127.0.0.1:8000"


def test_what_was_written_for_another_office_is_put_aside(tmp_path: Path) -> None:
    with answering(RECAUDO) as first, answering(RECAUDO) as second:
        office = Office(tmp_path)
        office.settle(first)
        for name in ("andina-c-ana.sqlite", "andina-c-ana.sqlite-wal", "device-andina.key"):
            (tmp_path / name).touch()
        office.forget()
        office.settle(first)
        assert (tmp_path / "andina-c-ana.sqlite").exists(), "the same office finds it again"
        office.forget()
        Office(tmp_path).settle(second)
    assert not list(tmp_path.glob("*.sqlite*"))
    assert len(list((tmp_path / "office-1").iterdir())) == 3


def test_a_new_phone_asks_for_its_office_and_then_for_its_person(tmp_path: Path) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        assert screen.has("office")
        assert not screen.has("sign-in-email")

        async def refused(text: str, words: str) -> None:
            await screen.type("office-address", text)
            await screen.tap("office-continue")
            await screen.until(lambda: screen.says(words), words)
            assert phone.office.address == ""

        await refused("la oficina", "Esto no es una dirección.")
        await refused("http://cobros.andina.ec", "Esta dirección no es segura")
        await refused("http://127.0.0.1:9", "Nadie responde en esta dirección.")
        with answering(PORTAL) as other:
            await refused(other, "no es Recaudo")
        with answering(RECAUDO) as address:
            await screen.type("office-address", address)
            await screen.tap("office-continue")
            await screen.until(lambda: screen.has("sign-in-email"), "the office is known")
        assert screen.says(f"Oficina: {address}")
        await screen.tap("office-change")
        await screen.until(lambda: screen.has("office"), "it is asked for again")

    walk(tmp_path, story, seeded=False, api_url="")


def test_a_pasted_link_brings_the_code_along(tmp_path: Path) -> None:
    with answering(RECAUDO) as address:

        async def story(screen: Screen, phone: Phone) -> None:
            await screen.tap("office-paste")
            await screen.until(lambda: screen.has("sign-in-email"), "the office is known")
            assert phone.office.code == "ABCD-EFGH"

        link = f"recaudo://oficina?api={address}&code=ABCD-EFGH"
        walk(tmp_path, story, seeded=False, api_url="", answers={"get": link})


def test_nothing_to_paste_is_said(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.tap("office-paste")
        await screen.until(lambda: screen.says("No hay nada que pegar."), "it is said")

    walk(tmp_path, story, seeded=False, api_url="", answers={"get": None})


@pytest.mark.parametrize("api_url", ["", "http://127.0.0.1:9"])
def test_nobody_changes_the_office_of_a_phone_that_is_somebodys(tmp_path: Path, api_url: str) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        await screen.go("/entrar")
        await screen.until(lambda: screen.has("sign-in-submit"), "the way in is open")
        assert not screen.has("office-change")

    walk(tmp_path, story, api_url=api_url)


def test_where_the_environment_names_the_office_nobody_is_asked(tmp_path: Path) -> None:
    async def story(screen: Screen, _phone: Phone) -> None:
        assert screen.has("sign-in-email")
        assert not screen.has("office-change")

    walk(tmp_path, story, seeded=False)


def test_a_code_of_the_link_that_is_no_longer_good_is_asked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(screen: Screen, phone: Phone) -> None:
        asked: list[str] = []

        async def sign_in(*_person: str, language: str, code: str) -> None:
            asked.append(code)
            raise Refused(403, "code_invalid", "Este código no sirve.")

        monkeypatch.setattr(phone, "sign_in", sign_in)
        await screen.tap("office-paste")
        await screen.until(lambda: screen.has("sign-in-email"), "the office is known")
        await screen.type("sign-in-email", "ana@andina.example")
        await screen.type("sign-in-password", "secreta")
        await screen.tap("sign-in-submit")
        await screen.until(lambda: screen.has("sign-in-code"), "a code is asked for")
        assert asked == ["ABCD-EFGH"]
        assert screen.says("Este código no sirve.")

    with answering(RECAUDO) as address:
        link = f"recaudo://oficina?api={address}&code=ABCD-EFGH"
        walk(tmp_path, story, seeded=False, api_url="", answers={"get": link})
