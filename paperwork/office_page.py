"""An A4 page that knows whose it is: its further pages repeat that at the top, and all are numbered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from paperwork.sheet import SHADE, SOFT, Sheet

WIDTH, HEIGHT = 210.0, 297.0
_FOOT = 7.0  # room for the page number below the text
_SIZE, _FOOT_SIZE = 8.0, 6.5
_AMOUNT_PADDING = 0.55


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
        self.running_head(self._running.paper, self._running.issuer, size=_SIZE)

    def amounts(
        self,
        rows: Sequence[tuple[str, str]],
        *,
        x: float,
        width: float,
        value_width: float,
        size: float,
        stressed: int,
    ) -> None:
        """Labels with their amounts at the right; row `stressed` is the one that counts."""
        for place, (label, value) in enumerate(rows):
            bold = place == stressed
            self.style(size + bold, bold=bold)
            top, height = self.get_y(), self.line_height() + 2 * _AMOUNT_PADDING
            if bold:
                self.set_fill_color(SHADE)
                self.rect(x, top, width, height, style="F")
            self.set_y(top + _AMOUNT_PADDING)
            self.fitted(label, x=x + 1.5, width=width - value_width - 2)
            self.fitted(value, x=x + width - value_width, width=value_width - 0.8, align="R")
            self.set_y(top + height)
            self.rule(x=x, width=width, grey=225, thickness=0.1)

    def amounts_height(self, count: int) -> float:
        """How much room `count` rows of amounts take in the present size, in mm."""
        return count * (self.line_height() + 2 * _AMOUNT_PADDING) + 2

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
