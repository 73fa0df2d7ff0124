"""What kind of thing a cell holds, told from its type and its style; its value stays text."""

import re
from collections.abc import Mapping

# One letter a cell travels with, from the child to the parent.
GAP = "-"  # nothing
TEXT = "t"
NUMBER = "n"
DATE = "d"  # number shown as a date
MOMENT = "m"  # number shown as a date with a time
TIME = "h"  # number shown as a time of the day
SPAN = "l"  # number shown as hours or minutes that have passed, [h]:mm
ISO = "i"  # date written out, ISO 8601
YES_NO = "b"
ERROR = "e"  # #N/A and the like
UNSOLVED = "f"  # a formula whose result is not in the file
SHARED = "s"  # index of a shared string; never leaves the child

_TYPES = {"s": SHARED, "str": TEXT, "inlineStr": TEXT, "b": YES_NO, "e": ERROR, "d": ISO}
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
# What means no character: a text in quotes or brackets ([Red], but [h] counts time), "\x", "_x".
_NOISE = re.compile(r'"[^"]*"|\[(?!h+\]|m+\]|s+\])[^\]]*\]|\\.|_.|\*.', re.IGNORECASE)
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)

# Formats that a workbook may use without spelling them out (ECMA-376 part 1, 18.8.30).
BUILT_IN: Mapping[int, str] = {
    **dict.fromkeys((14, 15, 16, 17), DATE),
    **dict.fromkeys((18, 19, 20, 21, 45, 47), TIME),
    22: MOMENT,
    46: SPAN,
    **dict.fromkeys((*range(27, 32), 34, 35, 36, *range(50, 59)), DATE),
    **dict.fromkeys((32, 33), TIME),
}


def kind_of(type_name: str, style: int, styles: Mapping[int, str]) -> str:
    """`type_name` and `style` are the attributes t and s of a cell."""
    return _TYPES.get(type_name) or styles.get(style, NUMBER)


def kind_of_format(code: str) -> str:
    """Whether a number format shows a date, a time, both or a plain number."""
    section = _NOISE.sub("", code.split(";")[0]).lower()
    if _ELAPSED.search(section):
        return SPAN
    if "general" in section:
        return NUMBER
    has_time = "h" in section or "s" in section or "am/pm" in section
    if "y" in section or "d" in section or ("m" in section and not has_time):
        return MOMENT if has_time else DATE
    return TIME if has_time else NUMBER


def undo_escapes(text: str) -> str:
    """Excel spells what XML cannot hold as _xHHHH_. NUL and other controls stay spelled out:

    no database takes the first, and nobody can see the others.
    """
    return _ESCAPE.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    is_readable = character in "\t\n\r" or (
        character >= " " and not 0xD7FF < ord(character) < 0xE000
    )
    return character if is_readable else match[0]


def column_number(letters: str) -> int:
    """From 0: "A" is 0, "XFD" is 16,383."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(number: int) -> str:
    letters = ""
    while number >= 0:
        number, digit = divmod(number, 26)
        letters = chr(65 + digit) + letters
        number -= 1
    return letters
