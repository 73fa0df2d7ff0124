"""What the child that reads a workbook says, believed only as far as its form is right."""

import json
from collections.abc import Iterator
from typing import Any

from imports.readers.unreadable import Unreadable
from imports.readers.workbooks.rows import MAX_COLUMNS, MAX_ROWS, SheetRow, Stretch
from imports.readers.workbooks.texts import GROUP, UNIT


class Book:
    """What the child says of the workbook before its rows."""

    def __init__(self, message: dict[str, Any]) -> None:
        try:
            self.sheet = str(message["sheet"])
            self.visible = tuple(str(name) for name, hidden in message["sheets"] if not hidden)
            self.hidden = tuple(str(name) for name, hidden in message["sheets"] if hidden)
            self.is_1904 = bool(message["is_1904"])
            self.last_row = min(int(message["last_row"]), MAX_ROWS)  # by the sheet's own word
        except (KeyError, TypeError, ValueError) as error:
            raise Unreadable("reader_died", how="a message was of a wrong form") from error


def parse(line: bytes) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except ValueError as error:
        raise Unreadable("reader_died", how="a message was not JSON") from error
    if not isinstance(message, dict):
        raise Unreadable("reader_died", how="a message was of a wrong form")
    return message


def rows_of(batch: Any) -> Iterator[SheetRow]:
    try:
        for number, kinds, texts in batch:
            if not 1 <= number <= MAX_ROWS or not len(kinds) == len(texts) <= MAX_COLUMNS:
                raise ValueError(number)
            yield SheetRow(number, kinds, texts)
    except (TypeError, ValueError) as error:
        raise Unreadable("reader_died", how="a row was of a wrong form") from error


def stretch_of(said: Any, payload: bytes) -> Stretch:
    try:
        numbers, places, kinds = list(said["numbers"]), list(said["places"]), list(said["kinds"])
        columns = [column.split(UNIT) for column in payload.decode().split(GROUP)]
        if (
            {int} != {*map(type, numbers), *map(type, places)}
            or not 1 <= min(numbers) <= max(numbers) <= MAX_ROWS
            or not 0 <= min(places) <= max(places) < MAX_COLUMNS
            or not len(places) == len(kinds) == len(columns)
            or {len(numbers)} != set(map(len, columns))
        ):
            raise ValueError(numbers[0])
    except (KeyError, TypeError, ValueError) as error:
        raise Unreadable("reader_died", how="rows were of a wrong form") from error
    return Stretch(numbers, places, kinds, columns)
