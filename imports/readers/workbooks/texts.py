"""Texts as they stand in XML into what they mean: what a parser would make of them."""

import re

from imports.readers.workbooks.cells import undo_escapes

UNIT, GROUP = "\x1f", "\x1e"  # between cells and columns on their way; XML has neither
BLANKS = " \t\r\n"  # of XML
# What XML may not hold, spelled out or not; a parser says so.
ILLEGAL = "\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
ILL_FORMED = re.compile(f"[{ILLEGAL}]|]]>")
_MARKS = ("&", "_x", "\r", "]]>")
_ENTITY = re.compile(r"&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|(\w+));|&")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


class Odd(Exception):
    """Not as Excel writes it: a matter for the parser."""


def mend_all(texts: list[str]) -> list[str]:
    """Each text as it is meant; most are as they stand. They hold nothing that XML may not."""
    joined = UNIT.join(texts)
    if not any(mark in joined for mark in _MARKS):
        return texts
    if "]]>" in joined:
        raise Odd
    if joined.count("&") == joined.count("&amp;"):
        return mend(joined.replace("&amp;", "\0")).replace("\0", "&").split(UNIT)
    return mend(joined).split(UNIT)


def mend(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return undo_escapes(_ENTITY.sub(_character, text))


def _character(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name in _NAMED:
        return _NAMED[name]
    try:
        character = chr(int(decimal) if decimal else int(hexadecimal, 16))
    except (TypeError, ValueError, OverflowError) as error:
        raise Odd from error
    if ILL_FORMED.match(character):
        raise Odd
    return character
