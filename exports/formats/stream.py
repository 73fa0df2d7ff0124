"""How text gets into a binary stream, and what every writer asks of its rows first."""

from collections.abc import Callable, Sequence

from exports.formats.base import Document, Row

BATCH_CHARACTERS = 64 * 1024


class TextSink:
    """Collects text and passes it on as UTF-8 in pieces of about 64 KB.

    A lone surrogate is no character and has no UTF-8; it is written as the text \\udXXX.
    """

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._texts: list[str] = []
        self._encoded: list[bytes] = []  # what comes before the texts
        self._waiting = 0
        self.written_bytes = 0

    def add(self, text: str) -> None:
        self._texts.append(text)
        self._waiting += len(text)
        if self._waiting >= BATCH_CHARACTERS:
            self.flush()

    def add_bytes(self, data: bytes) -> None:
        """Text that is UTF-8 already."""
        self._encode()
        self._encoded.append(data)
        self._waiting += len(data)
        if self._waiting >= BATCH_CHARACTERS:
            self.flush()

    def flush(self) -> None:
        self._encode()
        data = b"".join(self._encoded)
        self._write(data)
        self.written_bytes += len(data)
        self._encoded.clear()
        self._waiting = 0

    def _encode(self) -> None:
        if self._texts:
            self._encoded.append("".join(self._texts).encode("utf-8", "backslashreplace"))
            self._texts.clear()


def check_document(document: Document) -> None:
    names = [field.name for field in document.fields]
    if not names or len(set(names)) < len(names):
        raise ValueError(f"A file needs fields, each with its own name, not {names}")


def check_cells(rows: Sequence[Row], document: Document) -> None:
    wanted = len(document.fields)
    for cells in set(map(len, rows)) - {wanted}:
        raise ValueError(f"A row has {cells} cells where the document has {wanted} fields")
