"""An A4 page that knows whose it is: its further pages repeat that at the top, and all are numbered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from paperwork.sheet import SOFT, Sheet

WIDTH, HEIGHT = 210.0, 297.0
_FOOT = 7.0  # room for the page number below the text
_SIZE, _FOOT_SIZE = 8.0, 6.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """What the pages say of the paper: which and whose it is, from the second page on; what its foot says."""

    paper: str
    issuer: str
    foot: str
    page_word: str
    language: str


class OfficePage(Sheet):
    """A4 with equal margins. Write from top to bottom, then `finish`."""

    def __init__(self, running: Running, *, margin: float, created_at: datetime, title: str) -> None:
        self._running = running
        super().__init__(width=WIDTH, height=HEIGHT, margin=margin, created_at=created_at, title=title)
        self.set_lang(running.language)
        self.set_author(running.issuer)

    @property
    def inner(self) -> float:
        """The width between the margins."""
        return WIDTH - 2 * self.margin

    @property
    def bottom(self) -> float:
        return super().bottom - _FOOT

    def header(self) -> None:
        if self.page_no() == 1:
            return
        half = self.inner / 2
        self.set_y(self.margin)
        self.style(_SIZE, bold=True)
        self.fitted(self._running.paper, x=self.margin, width=half)
        self.style(_SIZE, grey=SOFT)
        self.fitted(self._running.issuer, x=self.margin + half, width=half, align="R")
        self.space(self.line_height() + 1)
        self.rule(x=self.margin, width=self.inner, grey=60, thickness=0.3)
        self.space(4)

    def finish(self, *, stamp: str = "") -> bytes:
        """Return the PDF with the page numbers in, and `stamp` across every page."""
        count = self.pages_count
        left = self.inner * 0.7
        for page in range(1, count + 1):
            self.turn_to(page)
            self.set_y(HEIGHT - self.margin - _FOOT + 3)
            self.style(_FOOT_SIZE, grey=SOFT)
            self.fitted(self._running.foot, x=self.margin, width=left)
            number = f"{self._running.page_word} {page}/{count}"
            self.fitted(number, x=self.margin + left, width=self.inner - left, align="R")
            if stamp:
                self.stamp(stamp, size=64)
        return bytes(self.output())
