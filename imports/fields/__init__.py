"""Typed fields of an importer. docs/importers.md says what each of them takes."""

from imports.fields.base import EMPTY, Field, IsEmpty, Label, Parser, ParseSettings
from imports.fields.cells import text_of
from imports.fields.choices import Boolean, Choice
from imports.fields.columns import bind, fields_of_model
from imports.fields.dates import Date
from imports.fields.moments import DateTime
from imports.fields.nested import Json, List
from imports.fields.numbers import Integer, Money, Number
from imports.fields.relations import Lookup
from imports.fields.texts import Email, Ip, Mac, Text, Url, Uuid
from imports.fields.times import Duration, Time

__all__ = [
    "EMPTY",
    "Boolean",
    "Choice",
    "Date",
    "DateTime",
    "Duration",
    "Email",
    "Field",
    "Integer",
    "Ip",
    "IsEmpty",
    "Json",
    "Label",
    "List",
    "Lookup",
    "Mac",
    "Money",
    "Number",
    "ParseSettings",
    "Parser",
    "Text",
    "Time",
    "Url",
    "Uuid",
    "bind",
    "fields_of_model",
    "text_of",
]
