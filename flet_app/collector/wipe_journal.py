"""How far the erasing of a company has come on this phone, on disk, so that a phone that dies goes on.

One file for each company, `wipe-<company>.json` (mode 0600), which holds all that is needed to go on: the
enrolment is taken out of use with the order, and erased before the office is told so.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from flet_app.collector.session import Enrolment, write_private

JOURNAL = "wipe-{company}.json"
LEFT = "left.json"


class Stage(StrEnum):
    """What was done, in this order."""

    ORDERED = "ordered"  # the office's order was believed; facts are handed over
    ACKNOWLEDGED = "acknowledged"  # the office holds every fact; files go
    ERASED = "erased"  # nothing of the company is here; the office does not know yet
    TOLD = "told"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class WipeJournal:
    """`enrolment` is empty once it is erased; `farewell` is the letter that then tells the office, base64."""

    company: str
    company_name: str
    api: str
    device: str
    order: str
    stage: Stage = Stage.ORDERED
    enrolment: dict[str, Any] = dataclasses.field(default_factory=dict)
    handed: tuple[str, ...] = ()
    """Ids of the facts that the office has taken over."""
    records: int = 0
    """How many they were in the end."""
    farewell: str = ""
    nonce: str = ""
    erased_at: str = ""
    seen: bool = False
    """The collector has read that it is erased."""

    def of(self) -> Enrolment:
        """The enrolment that is being erased."""
        return Enrolment(**{**self.enrolment, "devices": tuple(self.enrolment["devices"])})


def keep(folder: Path, journal: WipeJournal) -> None:
    """Write the journal; on disk when this returns."""
    path = folder / JOURNAL.format(company=journal.company)
    write_private(path, json.dumps(dataclasses.asdict(journal), ensure_ascii=False).encode())


def forget(folder: Path, company: str) -> None:
    (folder / JOURNAL.format(company=company)).unlink(missing_ok=True)


def read_journals(folder: Path) -> dict[str, WipeJournal]:
    """The journals of this phone by company; a damaged one counts as none, and the office is asked anew."""
    found = (_read(path) for path in sorted(folder.glob(JOURNAL.format(company="*"))))
    return {journal.company: journal for journal in found if journal}


def _read(path: Path) -> WipeJournal | None:
    try:
        said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return WipeJournal(**{**said, "stage": Stage(said["stage"]), "handed": tuple(said["handed"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep_left(folder: Path, enrolments: Iterable[Enrolment]) -> None:
    """Remember, without tokens or names, in whose name a phone may ask on which nobody is signed in.

    Its databases stay when somebody signs out, so its office can still have them erased.
    """
    known = {**read_left(folder), **{each.company: each for each in enrolments}}
    left = {
        company: dataclasses.asdict(
            dataclasses.replace(each, email="", name="", access_token="", expires_at="", refresh_token="")
        )
        for company, each in known.items()
    }
    _write_left(folder, left)


def read_left(folder: Path) -> dict[str, Enrolment]:
    """What `keep_left` wrote, by company."""
    try:
        said: Mapping[str, dict[str, Any]] = json.loads((folder / LEFT).read_text(encoding="utf-8"))
        return {
            company: Enrolment(**{**fields, "devices": tuple(fields["devices"])})
            for company, fields in said.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def drop_left(folder: Path, company: str) -> None:
    known = read_left(folder)
    if known.pop(company, None):
        _write_left(folder, {each: dataclasses.asdict(enrolment) for each, enrolment in known.items()})


def _write_left(folder: Path, left: Mapping[str, dict[str, Any]]) -> None:
    if left:
        write_private(folder / LEFT, json.dumps(left, ensure_ascii=False).encode())
    else:
        (folder / LEFT).unlink(missing_ok=True)
