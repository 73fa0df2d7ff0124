"""Where uploaded files are, how they come in, and when they go. A file's name is never a path."""

import errno
import logging
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from exportsite.files.storage import PrivateFolder, Published
from imports.errors import InvalidRequest, TooLarge

log = logging.getLogger(__name__)

BLOCK = 1 << 20
NAME_LENGTH = 255
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def uploads() -> PrivateFolder:
    """Files that were uploaded to be imported."""
    return PrivateFolder(settings.IMPORT_DIRECTORY, "imports")


def mended() -> PrivateFolder:
    """Files of failed rows that somebody has mended."""
    return PrivateFolder(settings.IMPORT_DIRECTORY, "mended")


def store(folder: PrivateFolder, owner: UUID, stream: IO[bytes]) -> Published:
    """Keep what the stream gives. Raises InvalidRequest, and TooLarge; then nothing is kept."""
    key = folder.new_key(owner, 1, "upload")
    try:
        with folder.begin(key) as part:
            size = 0
            while block := stream.read(BLOCK):
                size += len(block)
                check_size(size)
                part.stream.write(block)
            if not size:
                raise InvalidRequest({"file": [_("The file is empty.")]})
            return part.publish()
    except OSError as error:
        if error.errno not in FULL:
            raise
        message = _("There is no space left for the file. Ask your operator to free some.")
        raise InvalidRequest({"file": [message]}) from error


def check_size(size: int) -> None:
    """Raises TooLarge."""
    most = settings.IMPORT_MAX_BYTES
    if size > most:
        message = _("The file is larger than %(most)s. Split it, or pack it as .gz or .zip.")
        raise TooLarge({"file": [message % {"most": filesizeformat(most)}]})


def clean_name(name: str) -> str:
    """What people call the file, without folders and characters that nobody sees."""
    plain = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(letter for letter in plain if letter.isprintable()).strip()
    return shorten_name(plain) or "upload"


def shorten_name(name: str) -> str:
    """At most so many characters, with the ending, which says what kind of file it is."""
    if len(name) <= NAME_LENGTH:
        return name
    stem, dot, ending = name.rpartition(".")
    kept = NAME_LENGTH - len(dot + ending)
    return stem[:kept] + dot + ending if 0 < len(ending) <= 10 else name[:NAME_LENGTH]


def locate(folder: PrivateFolder, key: str) -> Path | None:
    """Where the file is, or None when it is gone."""
    return folder.locate(key) if folder.exists(key) else None


def drop(folder: PrivateFolder, key: str) -> int:
    """Delete a file; the bytes freed. What the disk will not give up is left to the sweeper."""
    if not key:
        return 0
    try:
        return folder.delete(key)
    except OSError:
        log.exception("The file %s could not be deleted", key)
        return 0
