"""Rows of a sheet of what PostgreSQL gives: its signs replaced by XML, a batch at a time."""

from collections.abc import Sequence

from exports.formats.copied import DELIMITER, END
from exports.formats.xlsx_odd import OddRows
from exports.formats.xlsx_plain import has_odd_texts, to_xml
from exports.formats.xlsx_signs import (
    NO_LOOK,
    NUMBER_END,
    ROW_END,
    TEXT_BLANK,
    TEXT_END,
    Around,
    Signs,
    groups_of,
)

ODD_ROWS = 25  # that are looked at by column when one of them is odd
_ORDINARY = bytes(range(0x20, 0x100))


def text_start(style: int) -> bytes:
    return b'<c s="%d" t="inlineStr"><is><t>' % style


class SheetRows:
    """What makes the XML of rows. Raises NotInSql."""

    def __init__(self, columns: Sequence[Around]) -> None:
        self.signs = Signs(columns)
        self.groups = groups_of(columns)
        self._odd = OddRows(self.groups, self.signs)
        self._has_looks = bool(self.signs.looks)
        # A highlighted text has one more sign, a blank number one sign instead of two.
        is_styled = [bool(one.styles) for one in columns]
        self._signs_in_row = 2 * len(columns) + sum(is_styled) + len(END)
        self._xml = self._pieces([one for one in columns if one.is_text])

    def expand(self, lines: bytes, rows: int) -> bytes:
        texts = self._without_looks(lines) if self._has_looks else lines
        if self._has_other_signs(lines, rows) or has_odd_texts(texts):
            return self._expand_odd(lines, rows)
        # One byte is found much faster than two are.
        xml = to_xml(texts[: -len(END)].replace(END, ROW_END)).replace(
            DELIMITER + TEXT_END, TEXT_BLANK
        )
        for sign, piece in self._xml:
            xml = xml.replace(sign, piece)
        return b"".join((b"<row>", xml, b"</row>"))

    def _expand_odd(self, lines: bytes, rows: int) -> bytes:
        if rows <= ODD_ROWS:
            return self._odd.expand(lines)
        single = lines.split(END)[:-1]
        parts = [single[first : first + ODD_ROWS] for first in range(0, rows, ODD_ROWS)]
        return b"".join(self.expand(END.join(part) + END, len(part)) for part in parts)

    def _has_other_signs(self, lines: bytes, rows: int) -> bool:
        """Whether a text has a control character, which may be any sign."""
        found = lines.translate(None, _ORDINARY)
        blank = sum(map(found.count, self.signs.blanks.values()))
        return len(found) + blank != rows * self._signs_in_row

    def _without_looks(self, lines: bytes) -> bytes:
        """A highlighted text is opened by its sign then, any other by the delimiter."""
        lines = lines.replace(NO_LOOK, b"")
        for look in self.signs.looks.values():
            lines = lines.replace(DELIMITER + look, look)
        return lines

    def _pieces(self, texts: Sequence[Around]) -> list[tuple[bytes, bytes]]:
        """XML by sign; those that make the rows long come last."""
        signs = self.signs
        pieces = [(sign, xml) for xml, sign in (*signs.opens.items(), *signs.blanks.items())]
        pieces += [(sign, text_start(style)) for style, sign in signs.looks.items()]
        pieces += [(NUMBER_END, b"</v></c>"), (ROW_END, b"</row><row>")]
        if texts:
            pieces += [(TEXT_BLANK, texts[0].blank), (TEXT_END, texts[0].after)]
            pieces.append((DELIMITER, texts[0].before))
        return pieces
