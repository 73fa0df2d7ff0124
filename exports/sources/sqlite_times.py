"""Columns of times that SQLite may give as the text it stores, and what is to be made of it.

Django lets the driver parse each of them, and SQLite call Python for each day of a moment. That
takes longer than all the rest of a row.
"""

import datetime as dt
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3._functions import (  # type: ignore[import-untyped]
    _sqlite_datetime_cast_date,
    _sqlite_datetime_cast_time,
)
from django.db.models import Field, Func
from django.db.models.expressions import Combinable, F
from django.db.models.functions import TruncDate, TruncTime
from django.utils.dateparse import parse_date, parse_datetime, parse_time

from exports.formats.stored import Form
from exports.resources import Column, find_field

# What the driver makes of a declared column, by Django's own type.
PARSERS: dict[str, tuple[Callable[[str], object], Form]] = {
    "DateTimeField": (parse_datetime, Form.MOMENT),
    "DateField": (parse_date, Form.READ),
    "TimeField": (parse_time, Form.TIME),
}
# What SQLite calls, and what it makes of an ordinary moment.
CASTS: dict[object, tuple[Callable[..., object], Callable[[dt.datetime], object], Form]] = {
    TruncDate: (_sqlite_datetime_cast_date, dt.datetime.date, Form.MOMENT_DATE),
    TruncTime: (_sqlite_datetime_cast_time, dt.datetime.time, Form.MOMENT_TIME),
}
_ORDINARY = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{6})?"
).fullmatch


@dataclass(frozen=True, kw_only=True)
class Plain:
    select: Func
    read: Callable[[Any], object]  # what Django's converters of the column take
    form: Form
    zone: ZoneInfo | None = None


def plain_of(
    column: Column, model: type[models.Model], connection: BaseDatabaseWrapper
) -> Plain | None:
    """None for a column that is to be selected as it is."""
    if connection.timezone_name != "UTC":
        return None
    if column.expression is None:
        field = find_field(model, column.path)
        return _declared(column.path, field, connection) if field else None
    return _cast(column.expression, model)


def _declared(path: str, field: "Field[Any, Any]", connection: BaseDatabaseWrapper) -> Plain | None:
    found = PARSERS.get(field.get_internal_type())
    if found is None or field.db_type(connection) not in ("datetime", "date", "time"):
        return None
    parse, form = found

    def read(stored: Any) -> object:
        return parse(stored) if isinstance(stored, str) else stored

    return Plain(select=as_stored(path, field), read=read, form=form)


def _cast(expression: Combinable, model: type[models.Model]) -> Plain | None:
    found = CASTS.get(type(expression))
    if found is None or not isinstance(expression, TruncDate | TruncTime):
        return None
    (source,) = expression.get_source_expressions()
    path = str(getattr(source, "name", "")) if type(source) is F else ""
    field = find_field(model, path)
    if field is None or field.get_internal_type() != "DateTimeField":
        return None
    name = expression.get_tzname()
    try:
        zone = ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return None
    cast, part, form = found
    return Plain(
        select=as_stored(path, field),
        read=_reader(cast, part, name or "UTC", zone),
        form=form,
        zone=zone,
    )


def _reader(
    cast: Callable[..., object],
    part: Callable[[dt.datetime], object],
    name: str,
    zone: ZoneInfo,
) -> Callable[[Any], object]:
    """A quarter of the time that `cast` takes, which makes a text to be parsed again."""

    def read(stored: Any) -> object:
        if isinstance(stored, str) and _ORDINARY(stored):
            with suppress(ValueError):
                moment = dt.datetime.fromisoformat(stored).replace(tzinfo=dt.UTC)
                return part(moment.astimezone(zone))
        return cast(stored, name, "UTC")

    return read


def as_stored(path: str, field: "Field[Any, Any]") -> Func:
    """An expression is of no declared type, so the driver leaves its value alone."""
    return Func(F(path), template="+%(expressions)s", output_field=field)
