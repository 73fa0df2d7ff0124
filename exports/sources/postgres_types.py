"""What a query's columns are to PostgreSQL, and the values of a row that came as JSON."""

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.sql.compiler import SQLCompiler

from exports.formats.rendering import NotInSql, SqlColumn, SqlType

# Object identifiers of built-in types: https://github.com/postgres/postgres,
# src/include/catalog/pg_type.dat. They never change.
TYPES = {
    16: SqlType.BOOLEAN,
    20: SqlType.INTEGER,
    21: SqlType.INTEGER,
    23: SqlType.INTEGER,
    25: SqlType.TEXT,
    701: SqlType.FLOAT,
    1043: SqlType.TEXT,  # varchar
    1082: SqlType.DATE,
    1083: SqlType.TIME,
    1184: SqlType.DATETIME,
    1700: SqlType.NUMERIC,
    2950: SqlType.UUID,
    3802: SqlType.JSON,  # jsonb
}
MOST_COLUMNS = 100  # as the arguments of a function
# What Django makes of such a column is the database's own value, but for these fields it would be
# of another type. JSON comes as text without its field.
BY_FIELD: "Mapping[type[models.Field[Any, Any]], SqlType]" = {
    models.JSONField: SqlType.JSON,
    models.FloatField: SqlType.FLOAT,
    models.DecimalField: SqlType.NUMERIC,
    models.IntegerField: SqlType.INTEGER,
    models.DateTimeField: SqlType.DATETIME,
    models.DateField: SqlType.DATE,
    models.TimeField: SqlType.TIME,
}
DECODERS: Mapping[SqlType, Callable[[Any], object]] = {
    SqlType.TEXT: str,
    SqlType.INTEGER: int,
    SqlType.NUMERIC: Decimal,
    SqlType.FLOAT: float,
    SqlType.BOOLEAN: bool,
    SqlType.DATE: dt.date.fromisoformat,
    SqlType.TIME: dt.time.fromisoformat,
    SqlType.DATETIME: dt.datetime.fromisoformat,
    SqlType.UUID: UUID,
    SqlType.JSON: json.loads,
}


def columns_of_query(
    connection: BaseDatabaseWrapper, compiler: SQLCompiler, query: str, parameters: Sequence[Any]
) -> tuple[SqlColumn, ...]:
    """The columns c0, c1 … of a compiled query. Raises NotInSql when one needs Python."""
    fields = _fields_that_convert(compiler)
    with connection.cursor() as cursor:
        if cursor.connection.info.parameter_status("server_encoding") != "UTF8":
            raise NotInSql  # codes of characters would be others
        cursor.execute(f"SELECT * FROM ({query}) AS row_ LIMIT 0", parameters)  # noqa: S608
        found = tuple(cursor.description)
    if len(found) > MOST_COLUMNS:
        raise NotInSql
    columns = []
    for number, described in enumerate(found):
        kind = TYPES.get(described.type_code)
        needed = fields.get(number, None if kind is SqlType.JSON else kind)
        if kind is None or needed is not kind:
            raise NotInSql
        columns.append(
            SqlColumn(
                name=f"c{number}",
                type=kind,
                length=described.display_size,
                digits=described.precision,
                scale=described.scale,
            )
        )
    return tuple(columns)


def _fields_that_convert(compiler: SQLCompiler) -> dict[int, SqlType | None]:
    """By number of the column: the type that Django's conversions leave as it is, or None."""
    expressions = [selected[0] for selected in compiler.select[: compiler.col_count]]
    found = {}
    for number, (converters, expression) in compiler.get_converters(expressions).items():
        is_djangos = all(one.__module__.startswith("django.db.") for one in converters)
        found[number] = _type_left_alone(expression.output_field) if is_djangos else None
    return found


def _type_left_alone(field: "models.Field[Any, Any]") -> SqlType | None:
    if isinstance(field, models.JSONField) and field.decoder is not None:
        return None
    return next((one for known, one in BY_FIELD.items() if isinstance(field, known)), None)


def values_sql(columns: Sequence[SqlColumn]) -> str:
    """A row's values as a JSON array, as `read_values` takes it."""
    values = (f"{c.name}::text" if c.type is SqlType.JSON else c.name for c in columns)
    return f"json_build_array({', '.join(values)})::text"


def read_values(row: bytes, columns: Sequence[SqlColumn]) -> tuple[object, ...]:
    """The values, as Django has them."""
    cells = json.loads(row, parse_float=str, parse_int=str)
    return tuple(
        None if cell is None else DECODERS[column.type](cell)
        for cell, column in zip(cells, columns, strict=True)
    )
