"""Fields of text: free text, codes, and texts of a known form."""

import ipaddress
import re
import uuid
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator
from django.utils.ipv6 import clean_ipv6_address
from django.utils.translation import gettext as _

from imports.fields.base import Field, Parser, ParseSettings, TextReader
from imports.fields.cells import text_of
from imports.problems import BadValue

# No database and no program wants them: control characters and halves of characters.
_UNREADABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_SCIENTIFIC = re.compile(r"[+-]?[0-9](?:[.,][0-9]+)?E\+[0-9]{1,3}", re.IGNORECASE)
_MAC = re.compile(r"([0-9A-F]{2})[:-]?" * 5 + r"([0-9A-F]{2})", re.IGNORECASE)
_DOTTED_MAC = re.compile(r"([0-9A-F]{4})\.([0-9A-F]{4})\.([0-9A-F]{4})", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}(-?)(?:[0-9a-f]{4}\1){3}[0-9a-f]{12}", re.IGNORECASE)
SAFE_DIGITS = 15  # of a number in a workbook; what comes after is lost


@dataclass(frozen=True, kw_only=True)
class Text(Field):
    """Text without outer blanks. A code is an id: numbers that Excel has damaged are refused."""

    type: ClassVar[str] = "text"
    sample: ClassVar[str] = "text"
    remembers: ClassVar[bool] = False

    max_length: int | None = None
    is_code: bool = False

    def text_reader(self, settings: ParseSettings) -> TextReader:
        most = self.max_length or 10**9
        is_code = self.is_code

        def read(text: str) -> str:
            if not text.isprintable():
                refuse_unreadable(text)
            if is_code and "+" in text and _SCIENTIFIC.fullmatch(text):
                raise _digits_lost()
            if len(text) > most:
                raise too_long(len(text), most)
            return text

        return read

    def cell_reader(self, settings: ParseSettings) -> Parser:
        read = self.text_reader(settings)
        if not self.is_code:
            return lambda cell: read(text_of(cell))

        def take(cell: Any) -> str:
            text = text_of(cell)
            if cell.__class__ is float and len(text.lstrip("-").rstrip("0")) > SAFE_DIGITS:
                raise _digits_lost()
            return str(read(text))

        return take


@dataclass(frozen=True, kw_only=True)
class FormedText(Field):
    """Text that has one form, in which it is kept."""

    max_length: int | None = None

    def text_reader(self, settings: ParseSettings) -> TextReader:
        most = self.max_length or 10**9

        def read(text: str) -> Any:
            refuse_unreadable(text)
            formed = self.form(text)
            if len(str(formed)) > most:
                raise too_long(len(str(formed)), most)
            return formed

        return read

    def form(self, text: str) -> Any:
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Email(FormedText):
    type: ClassVar[str] = "email"
    sample: ClassVar[str] = "ana@example.com"

    def form(self, text: str) -> str:
        try:
            EmailValidator()(text)
        except ValidationError:
            raise BadValue(
                "not_an_email", _("This is not an e-mail address, such as ana@example.com.")
            ) from None
        return text


@dataclass(frozen=True, kw_only=True)
class Url(FormedText):
    type: ClassVar[str] = "url"
    sample: ClassVar[str] = "https://example.com/page"

    def form(self, text: str) -> str:
        try:
            URLValidator(schemes=["http", "https", "ftp", "ftps"])(text)
        except (ValidationError, ValueError):
            raise BadValue(
                "not_a_url", _("This is not a web address, such as https://example.com/page.")
            ) from None
        return text


@dataclass(frozen=True, kw_only=True)
class Ip(FormedText):
    type: ClassVar[str] = "ip"
    sample: ClassVar[str] = "192.168.1.20"

    def form(self, text: str) -> str:
        try:
            address = ipaddress.ip_address(text)
            if address.version == 4:
                return str(address)
            return clean_ipv6_address(text)  # as Django's model fields write it
        except (ValueError, ValidationError):
            raise BadValue(
                "not_an_ip",
                _("This is not an IP address. Each of its four numbers goes up to 255."),
            ) from None


@dataclass(frozen=True, kw_only=True)
class Mac(FormedText):
    """Kept as 00:1A:2B:3C:4D:5E, however it is written."""

    type: ClassVar[str] = "mac"
    sample: ClassVar[str] = "00:1A:2B:3C:4D:5E"

    def form(self, text: str) -> str:
        found = _MAC.fullmatch(text) or _DOTTED_MAC.fullmatch(text)
        if not found:
            raise BadValue("not_a_mac", _("This is not a MAC address, such as 00:1A:2B:3C:4D:5E."))
        digits = "".join(found.groups()).upper()
        return ":".join(digits[place : place + 2] for place in range(0, 12, 2))


@dataclass(frozen=True, kw_only=True)
class Uuid(FormedText):
    type: ClassVar[str] = "uuid"
    sample: ClassVar[str] = "550e8400-e29b-41d4-a716-446655440000"

    def form(self, text: str) -> uuid.UUID:
        if not _UUID.fullmatch(text):
            raise BadValue("not_a_uuid", _("This is not a UUID: 32 digits, 0 to 9 and a to f."))
        return uuid.UUID(text)


def refuse_unreadable(text: str) -> None:
    if found := _UNREADABLE.search(text):
        raise BadValue(
            "control_character",
            _("Character %(place)d cannot be read (U+%(code)04X). Delete it.")
            % {"place": found.start() + 1, "code": ord(found[0])},
        )


def too_long(length: int, most: int) -> BadValue:
    return BadValue(
        "too_long",
        _("This has %(length)d characters; at most %(most)d fit.")
        % {"length": length, "most": most},
    )


def _digits_lost() -> BadValue:
    return BadValue(
        "digits_lost",
        _(
            "A spreadsheet has shortened this number and its last digits are lost. Format the "
            "column as text, type the number again, and save the file anew."
        ),
    )
