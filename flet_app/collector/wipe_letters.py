"""The letters of a phone that is to be erased: signed by its key, sealed for the office, believed by a nonce.

Everything here blocks.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flet_app.collector.api import Api, Json, NoNetwork
from flet_app.collector.sealing import seal
from flet_app.collector.session import DeviceKey
from receivables.recovery import pack_recovery
from receivables.wiping import NONCE_BYTES, Forged, Letter, Step, believed

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A letter that is ready to go, and the nonce by which its answer is believed."""

    box: bytes
    nonce: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """Writes the letters of one device of this phone. `random_bytes` and `now` are the world's."""

    folder: Path
    company: str
    collector: str
    device: str
    recovery_key: str
    random_bytes: Callable[[int], bytes]
    now: Callable[[], datetime]

    def write(
        self,
        step: Step,
        *,
        order: str = "",
        holds: Iterable[tuple[str, str]] = (),
        facts: Sequence[Json] = (),
    ) -> Sealed:
        """Sign and seal; the phone's key has to be there."""
        nonce = self.random_bytes(NONCE_BYTES)
        letter = Letter(step=step, nonce=nonce, order=order, holds=tuple(holds))
        signed = pack_recovery(
            facts,
            company=self.company,
            collector=self.collector,
            device=self.device,
            now=self.now(),
            sign=DeviceKey(self.folder, self.company).sign,
            letter=letter.to_json(),
        )
        return Sealed(
            box=seal(signed, self.recovery_key, secret=self.random_bytes(SECRET_BYTES)), nonce=nonce
        )


def send(api_url: str, company: str, sealed: Sealed) -> Json:
    """Hand a letter to the office and return what it says; raise what `Api.letter` raises.

    An answer that is not of this office, whatever its status, is none.
    """
    api = Api(api_url)
    try:
        return believed(api.letter(company, sealed.box), sealed.nonce)
    except Forged as forged:
        raise NoNetwork(str(forged)) from forged
    finally:
        api.close()


def as_text(sealed: Sealed) -> tuple[str, str]:
    """The letter and its nonce, for a journal."""
    return base64.b64encode(sealed.box).decode(), base64.b64encode(sealed.nonce).decode()


def from_text(box: str, nonce: str) -> Sealed:
    return Sealed(box=base64.b64decode(box), nonce=base64.b64decode(nonce))
