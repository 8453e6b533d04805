"""Reading XML that a stranger wrote: no entities, no DTD, no file or network; size, depth and count bounded.

Everything wrong is an `XmlRefused` with the `Problem` that a person is told; no other exception leaves here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NoReturn
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from receivables.validation import Problem

MAX_BYTES = 1024 * 1024
"""An invoice of 500 lines with its signature is a quarter of this."""

_MAX_DEPTH = 24
_MAX_ELEMENTS = 50_000
_LONGEST_SHOWN = 60
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_AMOUNT = re.compile(r"-?[0-9]{1,14}(?:\.[0-9]{1,6})?")


class XmlRefused(ValueError):
    """The file can't be taken as it is; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class _BoundedBuilder(TreeBuilder):
    """Builds the tree, and stops where it grows beyond any honest document."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._count = 0

    def start(self, tag: Any, attrs: Any, /) -> Element:
        self._depth += 1
        self._count += 1
        if self._depth > _MAX_DEPTH or self._count > _MAX_ELEMENTS:
            raise XmlRefused(Problem("sri_xml_too_deep"))
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def parse_xml(content: bytes | str) -> Node:
    """The root of `content`; bytes are read in the encoding that they declare, text as it is."""
    size = len(content) if isinstance(content, bytes) else len(content.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise XmlRefused(Problem("sri_file_too_large", "", {"max_kb": MAX_BYTES // 1024}))
    if isinstance(content, str):
        # The declaration names the encoding of bytes that are text by now.
        content = _DECLARATION.sub("", content.lstrip("\ufeff"), count=1)
    parser = DefusedXMLParser(
        target=_BoundedBuilder(), forbid_dtd=True, forbid_entities=True, forbid_external=True
    )
    try:
        parser.feed(content.strip())
        return Node(parser.close())
    except DefusedXmlException as error:
        raise XmlRefused(Problem("sri_xml_forbidden")) from error
    except XmlRefused:
        raise
    except (ParseError, ValueError, LookupError) as error:
        raise XmlRefused(Problem("sri_xml_broken")) from error


class Node:
    """An element, asked by local names: the SRI's documents come with and without namespaces."""

    __slots__ = ("_element",)

    def __init__(self, element: Element) -> None:
        self._element = element

    @property
    def name(self) -> str:
        return self._element.tag.rpartition("}")[2]

    @property
    def own_text(self) -> str:
        """The text with its spaces and line ends made single spaces."""
        return " ".join("".join(self._element.itertext()).split())

    @property
    def raw_text(self) -> str:
        return self._element.text or ""

    @property
    def attributes(self) -> Iterator[tuple[str, str]]:
        """Names without their namespaces, and values."""
        return ((name.rpartition("}")[2], self.attribute(name)) for name in self._element.attrib)

    def elements(self) -> list[Node]:
        return [Node(child) for child in self._element]

    def attribute(self, name: str) -> str:
        return " ".join((self._element.get(name) or "").split())

    def children(self, path: str) -> list[Node]:
        """The elements at `path` (`pagos/pago`), none where it leads nowhere."""
        found = [self]
        for step in path.split("/"):
            found = [Node(child) for node in found for child in node._element if Node(child).name == step]
        return found

    def child(self, path: str) -> Node:
        found = self.children(path)
        return found[0] if found else _missing(path)

    def find(self, name: str) -> list[Node]:
        """The elements called `name` at any depth, this one included."""
        return [node for element in self._element.iter() if (node := Node(element)).name == name]

    def text(self, name: str) -> str:
        """The text of the child `name`, which may be absent: then it is empty."""
        found = self.children(name)
        return found[0].own_text if found else ""

    def required(self, name: str, pattern: re.Pattern[str] | None = None) -> str:
        text = self.text(name)
        if not text:
            _missing(name)
        if pattern and not pattern.fullmatch(text):
            _invalid(name, text)
        return text

    def amount(self, name: str) -> Decimal:
        """The decimals of the child `name`, as many as it wrote."""
        return Decimal(self.required(name, _AMOUNT))

    def optional_amount(self, name: str) -> Decimal | None:
        return self.amount(name) if self.text(name) else None


def _missing(field: str) -> NoReturn:
    raise XmlRefused(Problem("sri_field_missing", field, {"field": field}))


def _invalid(field: str, text: str) -> NoReturn:
    raise XmlRefused(Problem("sri_field_invalid", field, {"field": field, "text": text[:_LONGEST_SHOWN]}))
