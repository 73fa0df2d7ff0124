"""Which characters the bytes of a text file mean, and their strict decoding in pieces."""

import codecs
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from imports.problems import FileRefused

PIECE = 1 << 18  # bytes decoded at a time
LINE_CHARACTERS = 1 << 20  # of one line
# What no text in an older encoding is made of; a few may be slips. A share of all bytes.
CONTROLS = bytes({*range(32), 127} - set(b"\t\n\f\r"))
MOST_CONTROLS = 0.02
NEWLINE = re.compile("\r\n|\r|\n")
# What a person may choose: value and label.
ENCODINGS = (
    ("utf-8", gettext_lazy("Unicode (UTF-8)")),
    ("utf-16", gettext_lazy("Unicode (UTF-16)")),
    ("cp1252", gettext_lazy("Western European (Windows-1252)")),
    ("latin-1", gettext_lazy("Western European (Latin-1)")),
)
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def guess_encoding(beginning: bytes, *, is_whole: bool) -> tuple[str, bool]:
    """The encoding of a text that begins so, and whether that is sure. Raises FileRefused."""
    for mark, encoding in MARKS:
        if beginning.startswith(mark):
            if encoding == "utf-32":
                raise FileRefused(
                    "unknown_encoding",
                    _("The file is written in UTF-32. Save it as UTF-8 and upload that."),
                )
            return encoding, True
    if _order_of_16(beginning):
        return "utf-16", True
    if _decodes(beginning, "utf-8", is_whole=is_whole):
        return "utf-8", True
    if len(beginning.translate(None, CONTROLS)) < (1 - MOST_CONTROLS) * len(beginning):
        raise FileRefused(
            "not_text",
            _("The file is neither text nor a workbook. Save the table as CSV or Excel (.xlsx)."),
        )
    return ("cp1252" if _decodes(beginning, "cp1252", is_whole=True) else "latin-1"), False


def decoder_for(encoding: str, beginning: bytes) -> codecs.IncrementalDecoder:
    """Strict; leaves the byte order mark out. Raises FileRefused."""
    name = {"utf-8": "utf-8-sig"}.get(encoding, encoding)
    if encoding == "utf-16" and not beginning.startswith(
        (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    ):
        name = _order_of_16(beginning) or "utf-16-le"
    if encoding not in dict(ENCODINGS):
        raise FileRefused(
            "unknown_encoding",
            _("There is no encoding “%(encoding)s”. Choose another.") % {"encoding": encoding},
        )
    return codecs.getincrementaldecoder(name)()


def _order_of_16(beginning: bytes) -> str:
    """UTF-16 without a mark is told by its zeros: every other byte of western text."""
    even, odd = beginning[0:4096:2], beginning[1:4096:2]
    if len(odd) >= 2 and odd.count(0) > 0.7 * len(odd) and even.count(0) < 0.1 * len(even):
        return "utf-16-le"
    if len(odd) >= 2 and even.count(0) > 0.7 * len(even) and odd.count(0) < 0.1 * len(odd):
        return "utf-16-be"
    return ""


def _decodes(data: bytes, encoding: str, *, is_whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(data, is_whole)
    except UnicodeDecodeError:
        return False
    return True


class Lines:
    """The lines of a text file, in blocks that a csv reader takes. Memory stays flat."""

    def __init__(self, path: Path, encoding: str) -> None:
        self._stream: BinaryIO = path.open("rb")
        self._encoding = encoding
        self._decoder = decoder_for(encoding, self._stream.read(4096))
        self._stream.seek(0)
        self.has_nul = False  # so far
        self._block = ""
        self._split: list[str] = []  # the block's lines, once somebody asks for one
        self._before = 0  # lines in earlier blocks
        self._read = 0  # lines with this block's

    def blocks(self) -> Iterator[io.StringIO]:
        """Each ends at the end of a line. Raises FileRefused for what cannot be decoded."""
        left = ""
        while data := self._stream.read(PIECE):
            text = left + self._decode(data, left, final=False)
            # A CR at the very end may be half of a CR LF.
            cut = max(text.rfind("\n"), text.rfind("\r", 0, len(text) - 1)) + 1
            if cut == 0 and len(text) > LINE_CHARACTERS:
                raise self._too_long()
            block, left = text[:cut], text[cut:]
            if block:
                yield self._give(block)
        if left := left + self._decode(b"", left, final=True):
            yield self._give(left)

    def line(self, number: int) -> str:
        """A line of the block that was given last, without its end."""
        self._split = self._split or NEWLINE.split(self._block)
        return self._split[number - self._before - 1]

    def close(self) -> None:
        self._stream.close()

    def _give(self, block: str) -> io.StringIO:
        self.has_nul = self.has_nul or "\0" in block
        self._before = self._read
        self._read += count_lines(block)
        self._block, self._split = block, []
        return io.StringIO(block, newline="")

    def _decode(self, data: bytes, left: str, *, final: bool) -> str:
        try:
            return self._decoder.decode(data, final)
        except UnicodeDecodeError as error:
            good = error.object[: error.start].decode(error.encoding, errors="replace")
            line = self._read + count_lines(left + good) + 1
            raise self._undecodable(line, error.object[error.start : error.start + 1]) from error

    def _undecodable(self, line: int, byte: bytes) -> FileRefused:
        return FileRefused(
            "undecodable",
            _(
                "Line %(line)s holds a byte (%(byte)s) that %(encoding)s does not have. Choose "
                "another encoding, or save the file as UTF-8 and upload that."
            )
            % {
                "line": line,
                "byte": f"0x{byte.hex().upper()}",
                "encoding": dict(ENCODINGS)[self._encoding],
            },
        )

    def _too_long(self) -> FileRefused:
        return FileRefused(
            "too_long_line",
            _(
                "Line %(line)s has more than %(most)s characters. Check that the file is a table "
                "with a row in each line."
            )
            % {"line": self._read + 1, "most": LINE_CHARACTERS},
        )


def count_lines(text: str) -> int:
    """How many lines end in a text, whichever way they end."""
    if "\r" not in text:
        return text.count("\n")
    return text.count("\n") + text.count("\r") - text.count("\r\n")
