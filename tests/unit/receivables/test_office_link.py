"""The office's address: what people type and paste is understood, what isn't safe is refused."""

from __future__ import annotations

import pytest

from receivables.office_link import AddressFlaw, BadAddress, OfficeLink, read_office_link


@pytest.mark.parametrize(
    ("text", "api"),
    [
        ("https://cobros.andina.ec", "https://cobros.andina.ec"),
        ("  Cobros.Andina.EC/ ", "https://cobros.andina.ec"),
        ("HTTPS://cobros.andina.ec:8443/recaudo/", "https://cobros.andina.ec:8443/recaudo"),
        ("cobros.andina.ec:8443", "https://cobros.andina.ec:8443"),
        ("192.168.1.20", "https://192.168.1.20"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://localhost:8000/", "http://localhost:8000"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("recaudo://oficina?api=https%3A%2F%2Fcobros.andina.ec", "https://cobros.andina.ec"),
        ("RECAUDO://oficina?api=cobros.andina.ec&other=1", "https://cobros.andina.ec"),
    ],
)
def test_an_address_is_understood(text: str, api: str) -> None:
    assert read_office_link(text).api == api


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("", AddressFlaw.UNREADABLE),
        ("oficina", AddressFlaw.UNREADABLE),
        ("ana@andina.ec", AddressFlaw.UNREADABLE),
        ("https://ana:secreta@andina.ec", AddressFlaw.UNREADABLE),
        ("https://andina.ec?x=1", AddressFlaw.UNREADABLE),
        ("ftp://andina.ec", AddressFlaw.UNREADABLE),
        ("https://andina.ec:99999", AddressFlaw.UNREADABLE),
        ("https://and ina.ec", AddressFlaw.UNREADABLE),
        ("https://[::1", AddressFlaw.UNREADABLE),
        ("recaudo://oficina?code=ABCD-EFGH", AddressFlaw.UNREADABLE),
        ("http://cobros.andina.ec", AddressFlaw.NOT_SECURE),
        ("http://192.168.1.20:8000", AddressFlaw.NOT_SECURE),
        ("recaudo://oficina?api=http%3A%2F%2Fcobros.andina.ec", AddressFlaw.NOT_SECURE),
    ],
)
def test_what_is_no_address_or_not_safe_is_refused(text: str, flaw: AddressFlaw) -> None:
    with pytest.raises(BadAddress) as refused:
        read_office_link(text)
    assert refused.value.flaw is flaw


@pytest.mark.parametrize("code", ["", "ABCD-EFGH"])
def test_a_link_that_was_written_is_read_back(code: str) -> None:
    link = OfficeLink("https://cobros.andina.ec/recaudo", code)
    assert read_office_link(str(link)) == link
