"""XML from strangers: no document types, no entities, no files, no addresses (defusedxml)."""

from collections.abc import Iterable
from typing import Any, Protocol
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from imports.readers.unreadable import Unreadable

EXPAT_NO_MEMORY = 1  # XML_ERROR_NO_MEMORY: no fault of the file
# Of a part in UTF-8, which is all that regular expressions can read.
DECLARATION = rb"(?:\xef\xbb\xbf)?(?:<\?xml(?![^>]*encoding=[\"'](?!(?i:utf-8)))[^>]*\?>)?\s*"
DEPTH = 100  # elements within elements; sheets have six


class Target(Protocol):
    """What is told of the elements, by their name without its namespace."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...

    def data(self, text: str) -> None: ...

    def end(self, name: str) -> None: ...


class _Plain:
    """Between the parser and a target: takes the namespaces off, and minds the depth."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._depth = 0
        self.data = target.data

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > DEPTH:
            raise Unreadable("unsafe_xml")
        self._target.start(tag.rpartition("}")[2], attributes)

    def end(self, tag: str) -> None:
        self._depth -= 1
        self._target.end(tag.rpartition("}")[2])

    def close(self) -> None:
        """The parser asks for it."""


class Feed:
    """An open parse: bytes go in, the target hears of it. Raises Unreadable."""

    def __init__(self, target: Target, part: str) -> None:
        self._part = part
        self._parser: Any = DefusedXMLParser(target=_Plain(target), forbid_dtd=True)

    def feed(self, data: bytes) -> None:
        try:
            self._parser.feed(data)
        except DefusedXmlException as error:
            raise Unreadable("unsafe_xml") from error
        except (ParseError, ValueError, LookupError) as error:
            if isinstance(error, ParseError) and error.code == EXPAT_NO_MEMORY:
                raise MemoryError from error
            raise Unreadable("damaged_xml", part=self._part) from error

    def close(self) -> None:
        try:
            self._parser.close()
        except (ParseError, ValueError) as error:
            raise Unreadable("damaged_xml", part=self._part) from error


def parse(data: Iterable[bytes], target: Target, part: str) -> None:
    feed = Feed(target, part)
    for piece in data:
        feed.feed(piece)
    feed.close()


def attribute(attributes: dict[str, str], name: str) -> str:
    """By its name without its namespace: r:id has another one in strict workbooks."""
    for key, value in attributes.items():
        if key.rpartition("}")[2] == name:
            return value
    return ""
