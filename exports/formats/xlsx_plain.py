"""Texts as COPY writes them into XML, many at once, as long as none of them is odd."""

import re

from exports.formats.copied import DELIMITER, protect
from exports.formats.xlsx_signs import TEXT_END
from exports.formats.xlsx_text import ESCAPES

MARKUP = {char.encode(): ESCAPES[ord(char)].encode() for char in "&<>"}
# What an escape of COPY is in a sheet, as `xlsx_text` has it.
ESCAPED = {
    b"\\n": b"\n",
    b"\\t": b"\t",
    **{
        escape: ESCAPES[ord(char)].encode()
        for escape, char in {
            b"\\r": "\r",
            b"\\b": "\b",
            b"\\v": "\v",
            b"\\f": "\f",
            b"\\d": "\x1f",
        }.items()
    },
    b"\0": b"\\",
}
# Each blank that str.strip knows, by the byte that begins it; a space and controls aside.
_BLANKS = (
    rb"\\[tnvfrd]",
    rb"\xc2[\x85\xa0]",
    rb"\xe1\x9a\x80",
    rb"\xe2\x80[\x80-\x8a\xa8\xa9\xaf]",
    rb"\xe2\x81\x9f",
    rb"\xe3\x80\x80",
)
_LEADS = (b"\\", b"\xc2", b"\xe1", b"\xe2", b"\xe2", b"\xe3")
# One of them at an edge. Beginning with a byte that is rare, which is found much faster.
_AT_AN_EDGE = [
    (lead, re.compile(rb"%b(?:(?=%b)|(?<=%b%b))" % (blank, TEXT_END, DELIMITER, blank)).search)
    for lead, blank in zip(_LEADS, _BLANKS, strict=True)
]
_BEGINS, _ENDS = DELIMITER + b" ", b" " + TEXT_END


def has_odd_texts(texts: bytes) -> bool:
    """Whether there is a text of which `to_xml` does not make what `xlsx_text` makes.

    Each is between a delimiter and its end, and no control character is in one. An underscore may
    have to be escaped, a blank at an edge be kept. Escapes of COPY may be protected.
    """
    return bool(
        (b"_" in texts and b"_x" in texts)
        or _BEGINS in texts
        or _ENDS in texts
        or (b"\xef" in texts and (b"\xef\xbf\xbe" in texts or b"\xef\xbf\xbf" in texts))
        or any(lead in texts and search(texts) for lead, search in _AT_AN_EDGE)
    )


def to_xml(texts: bytes) -> bytes:
    for char, escaped in MARKUP.items():
        texts = texts.replace(char, escaped)
    if b"\\" in texts:
        texts = protect(texts)
    if b"\\" in texts or b"\0" in texts:
        for copied, escaped in ESCAPED.items():
            texts = texts.replace(copied, escaped)
    return texts
