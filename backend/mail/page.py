"""A mail as people look at it: plain text, and beside it a page under the company's name, logo and colour.

The page is one column, so that it reads on a phone; what a mail program does not understand of its styles
costs the look and no word. It says that it knows a dark screen, so that nobody inverts the logo.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from email.message import EmailMessage

from paperwork.logo import size_within
from receivables.brand import is_seed_color

_LOGO = "logo"  # its Content-ID within the mail
_LOGO_WIDTH, _LOGO_HEIGHT = 180, 48  # pixels
_OUR_COLOR = "#006A60"
_UNBROKEN = re.compile(r"[A-Z]{3}[ \u00a0]\d[\d.,]*\d|\b\w*\d\w*(?:-\w*\d\w*)+\b")
"""Amounts, dates and numbers of documents: nobody reads them over the end of a line."""

_STYLE = """
body { margin: 0; padding: 16px 8px; background: #eef1f0; color: #1b1d1c;
  font: 16px/1.5 -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif; }
.page { max-width: 600px; margin: 0 auto; background: #ffffff; border-top: 4px solid %(color)s; }
.head, .words, .foot { padding: 16px 20px; }
.logo { display: block; margin-bottom: 10px; }
.name { font-size: 18px; font-weight: bold; }
.words { padding-top: 4px; }
.words p { margin: 0 0 16px; }
.list { width: 100%%; border-collapse: collapse; margin: 0 0 20px; }
.list th, .list td { padding: 8px 0; border-bottom: 1px solid #d9dedc; vertical-align: top; }
.list th { font-size: 13px; }
.list .total td { border-bottom: 0; font-size: 18px; font-weight: bold; }
.amount { padding-left: 12px; text-align: right; white-space: nowrap;
  font-variant-numeric: tabular-nums; }
.soft, .foot { color: #5c6462; font-size: 13px; line-height: 1.35; }
.whole { white-space: nowrap; }
.figure { margin: 0 0 20px; padding: 12px 16px; background: #eef1f0; }
.sum { font-size: 26px; font-weight: bold; line-height: 1.3; white-space: nowrap; }
.void .sum { text-decoration: line-through; }
.void .word { color: #b3261e; font-weight: bold; }
.foot { border-top: 1px solid #d9dedc; }
@media (prefers-color-scheme: dark) {
  body { background: #101413; color: #e2e5e4; }
  .page { background: #1b201f; }
  .figure { background: #2a302e; }
  .soft, .foot { color: #a9b2af; }
  .list th, .list td, .foot { border-color: #3b4341; }
  .void .word { color: #ffb4ab; }
  .logo { background: #ffffff; padding: 8px 10px; border-radius: 6px; }
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Whose mail it is: the lines under the company's name, its logo (PNG) and colour (`#0B6E4F`); `locale`
    says in which language it speaks and how it writes amounts.
    """

    company: str = ""
    lines: tuple[str, ...] = ()
    logo: bytes | None = None
    color: str | None = None
    locale: str = "es"

    @property
    def language(self) -> str:
        return "en" if self.locale.startswith("en") else "es"


PLAIN = Letterhead()


def write(message: EmailMessage, plain: str, content: str, letterhead: Letterhead) -> None:
    """Give a mail its two forms; `content` is HTML that stands under the letterhead."""
    message.set_content(plain)
    message.add_alternative(_page(str(message["Subject"]), content, letterhead), subtype="html")
    if letterhead.logo is not None:
        _plain, page = message.iter_parts()
        page.add_related(letterhead.logo, "image", "png", cid=f"<{_LOGO}>", disposition="inline")


def paragraphs(text: str) -> list[str]:
    """Plain text as HTML: empty lines part paragraphs, other breaks stay."""
    parts = (html.escape(part.strip()) for part in re.split(r"\n\s*\n", text))
    whole = (_UNBROKEN.sub(r'<span class="whole">\g<0></span>', part) for part in parts if part)
    return [f"<p>{part.replace(chr(10), '<br>')}</p>" for part in whole]


def _page(title: str, content: str, letterhead: Letterhead) -> str:
    color = letterhead.color if letterhead.color and is_seed_color(letterhead.color) else _OUR_COLOR
    foot = "<br>".join(html.escape(line) for line in letterhead.lines)
    return f"""<!doctype html>
<html lang="{letterhead.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{html.escape(title)}</title>
<style>{_STYLE % {"color": color}}</style>
</head>
<body>
<div class="page">
{_head(letterhead)}<div class="words">
{content}
</div>
{f'<div class="foot">{foot}</div>' if foot else ""}
</div>
</body>
</html>
"""


def _head(letterhead: Letterhead) -> str:
    if not letterhead.company:
        return ""
    name = html.escape(letterhead.company)
    logo = ""
    if letterhead.logo is not None:
        width, height = map(round, size_within(letterhead.logo, _LOGO_WIDTH, _LOGO_HEIGHT))
        logo = f'<img class="logo" src="cid:{_LOGO}" alt="" width="{width}" height="{height}">'
    return f'<div class="head">{logo}<div class="name">{name}</div></div>\n'
