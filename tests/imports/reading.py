"""Reads single cells with a field."""

import datetime as dt
from typing import Any

import pytest

from imports.fields import (
    Boolean,
    Choice,
    Date,
    DateTime,
    Duration,
    Email,
    Field,
    Integer,
    Ip,
    Json,
    List,
    Lookup,
    Mac,
    Money,
    Number,
    ParseSettings,
    Text,
    Time,
    Url,
    Uuid,
)
from imports.problems import BadValue

ALL_FIELDS: list[Field] = [
    *(kind(name="x") for kind in (Text, Integer, Number, Money, Boolean, Date, DateTime, Time)),
    *(kind(name="x") for kind in (Duration, Email, Url, Ip, Mac, Uuid, Json, List, Lookup)),
    Choice(name="x", choices=(("a", "Aside"), ("b", "Brief"))),
]


def read(field: Field, cell: Any, *, time_zone: str = "Europe/London") -> Any:
    return field.parser(ParseSettings(time_zone=time_zone))(cell)


def refusal(field: Field, cell: Any) -> BadValue:
    with pytest.raises(BadValue) as caught:
        read(field, cell)
    return caught.value


def naive(text: str) -> dt.datetime:
    """A time without a zone, as a workbook holds it."""
    return dt.datetime.fromisoformat(text)
