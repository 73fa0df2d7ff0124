"""Fields of structured values: JSON, and lists as people write them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn

from django.utils.translation import gettext as _

from imports.fields.base import Field, Parser, ParseSettings, TextReader
from imports.fields.texts import refuse_unreadable
from imports.problems import BadValue


@dataclass(frozen=True, kw_only=True)
class Json(Field):
    """Any JSON value."""

    type: ClassVar[str] = "json"
    sample: ClassVar[str] = '{"key": "value"}'
    remembers: ClassVar[bool] = False  # values of one's own, since they can be changed

    def text_reader(self, settings: ParseSettings) -> TextReader:
        return read_json

    def cell_reader(self, settings: ParseSettings) -> Parser:
        by_text = super().cell_reader(settings)
        return lambda cell: cell if isinstance(cell, bool | int) else by_text(cell)


@dataclass(frozen=True, kw_only=True)
class List(Field):
    """A list of texts: a JSON list, or parts between separators. Empty parts drop out."""

    type: ClassVar[str] = "list"
    sample: ClassVar[str] = "red, green"
    remembers: ClassVar[bool] = False

    separator: str = ","

    def text_reader(self, settings: ParseSettings) -> TextReader:
        separator = self.separator

        def read(text: str) -> list[Any]:
            refuse_unreadable(text)
            if text[0] == "[":
                value = read_json(text)
                if isinstance(value, list):
                    return value
            return [part for part in map(str.strip, text.split(separator)) if part]

        return read


def read_json(text: str) -> Any:
    """A JSON value that every database takes. Raises BadValue."""
    try:
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise BadValue(
            "not_json",
            _("This is not JSON; it goes wrong at character %(place)d.") % {"place": error.pos + 1},
        ) from None
    except (ValueError, RecursionError):
        raise BadValue(
            "not_json", _("This JSON has a number or a depth that cannot be stored.")
        ) from None
    _walk(value, refuse_unreadable)
    return value


def _walk(value: Any, check: Callable[[str], None]) -> None:
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            check(found)
        elif isinstance(found, list):
            waiting.extend(found)
        elif isinstance(found, dict):
            waiting.extend((*found, *found.values()))


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)


def _finite(text: str) -> float:
    number = float(text)
    return number if number - number == 0 else _refuse(text)
