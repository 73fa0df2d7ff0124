"""Names in an archive that no program can misread, wherever it is unpacked."""

import re
import unicodedata
from collections.abc import Collection

NAME_BYTES = 120  # of UTF-8; file systems end at 255, paths on Windows at 260 characters
NAMELESS = "part"
_SEPARATORS = re.compile(r'[/\\:*?"<>|]+')
# Devices on Windows, whatever the extension:
# https://learn.microsoft.com/windows/win32/fileio/naming-a-file
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}(\.gz)?$")


def safe_member_name(name: str, taken: Collection[str] = ()) -> str:
    """The name as a plain file name in no folder; numbered when it is taken, in any case."""
    stem, extension = _split(_cleaned(name))
    taken = {other.casefold() for other in taken}
    number, found = 1, _joined(stem, "", extension)
    while found.casefold() in taken:
        number += 1
        found = _joined(stem, f" ({number})", extension)
    return found


def _cleaned(name: str) -> str:
    text = unicodedata.normalize("NFC", name)
    # Control and format characters (a right-to-left override hides an extension), surrogates.
    text = "".join(" " if unicodedata.category(char)[0] in "CZ" else char for char in text)
    text = " ".join(_SEPARATORS.sub("_", text).split()).lstrip(" ._").rstrip(" .")
    return f"_{text}" if _DEVICE.match(text) else text


def _split(name: str) -> tuple[str, str]:
    found = _EXTENSION.search(name, 1)
    return (name[: found.start()], found[0]) if found else (name, "")


def _joined(stem: str, number: str, extension: str) -> str:
    room = NAME_BYTES - len((number + extension).encode())
    kept = (stem or NAMELESS).encode()[:room].decode(errors="ignore").rstrip(" .")
    return f"{kept}{number}{extension}"
