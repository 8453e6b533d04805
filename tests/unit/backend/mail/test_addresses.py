"""What an ERP has in its e-mail column, and what of it a server is offered."""

from __future__ import annotations

import pytest

from backend.mail.addresses import BadAddress, addresses_in


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (None, []),
        ("", []),
        (" ; ", []),
        ("ana@andina.example", ["ana@andina.example"]),
        (" pagos@uno.ec; pagos@dos.ec , pagos@uno.ec", ["pagos@uno.ec", "pagos@dos.ec"]),
        ("o'higgins+cobros@mail.uno.ec", ["o'higgins+cobros@mail.uno.ec"]),
    ],
)
def test_a_field_may_hold_none_or_several_addresses(text: str | None, found: list[str]) -> None:
    assert addresses_in(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "no tiene",
        "ana@localhost",
        "ana@@andina.example",
        "ana@andina.example\nBcc: todos@otra.example",
        "ana@andina.example\r\nSubject: otro",
        "<ana@andina.example>",
        "ana andina@andina.example",
        "ana@andina..example",
        "ñandú@andina.example",
        f"{'a' * 65}@andina.example",
    ],
)
def test_what_is_no_address_is_refused_whole(text: str) -> None:
    with pytest.raises(BadAddress):
        addresses_in(f"buena@andina.example; {text}")
