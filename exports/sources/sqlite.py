"""Rows of a plan from SQLite, as it stores them: the format reads what it has not seen before."""

from collections.abc import Callable, Generator, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression, Field, QuerySet
from django.db.models.sql.constants import MULTI

from exports.formats.stored import Columns, Form, StoredColumn, StoredWriter
from exports.plans import Plan
from exports.resources import Column
from exports.sources.orm import BATCH_ROWS, select_of
from exports.sources.sqlite_times import Plain, plain_of

Read = Callable[[Any], object]

NUMBERS: "dict[type[Field[Any, Any]], Form]" = {
    models.DecimalField: Form.DECIMAL,
    models.FloatField: Form.FLOAT,
    models.BooleanField: Form.FLAG,
    models.IntegerField: Form.INTEGER,
}


def make_stored(plan: Plan, writer: object) -> Generator[Columns] | None:
    """The plan's rows for this writer, column by column; None when they are to be read first."""
    if not isinstance(writer, StoredWriter) or plan.resource.is_computed:
        return None
    values = plan.rows.values_list(*select_of(plan))
    connection = connections[values.db]
    if connection.vendor != "sqlite":
        return None
    compiler = values.query.get_compiler(values.db)
    try:
        compiler.as_sql()
    except EmptyResultSet:
        return None
    expressions = [selected[0] for selected in compiler.select[: compiler.col_count]]
    if len(expressions) != len(plan.columns):
        return None
    converters = compiler.get_converters(expressions)
    plains = _plains(plan, values, connection)
    writer.expect(
        [
            _stored(column, expression, plains.get(number), converters.get(number), connection)
            for number, (column, expression) in enumerate(
                zip(plan.columns, expressions, strict=True)
            )
        ]
    )
    select = [plains[n].select if n in plains else one for n, one in enumerate(select_of(plan))]
    return _read(plan, select)


def _plains(
    plan: Plan, values: "QuerySet[Any, Any]", connection: BaseDatabaseWrapper
) -> dict[int, Plain]:
    """By number, the columns of times that are selected as the text that is stored."""
    query = values.query
    if query.group_by is not None or query.distinct or query.combinator:
        return {}  # where another selection has other rows
    own = {
        number: plain_of(column, plan.resource.model, connection)
        for number, column in enumerate(plan.columns)
        if column.expression or column.path not in query.annotations
    }
    return {number: plain for number, plain in own.items() if plain}


def _read(plan: Plan, select: Sequence[Any]) -> Generator[Columns]:
    """A column that is selected twice is fetched once."""
    places: dict[Any, int] = {}
    for one in select:
        places.setdefault(one, len(places))
    values = plan.rows.values_list(*places)
    compiler = values.query.get_compiler(values.db)
    order = [places[one] for one in select]
    for rows in compiler.execute_sql(MULTI, chunked_fetch=True, chunk_size=BATCH_ROWS):
        columns = list(zip(*rows, strict=True))
        yield [columns[place] for place in order]


def _stored(
    column: Column,
    expression: Expression,
    plain: Plain | None,
    converters: Any,
    connection: BaseDatabaseWrapper,
) -> StoredColumn:
    reads: list[Read] = [plain.read] if plain else []
    for convert in converters[0] if converters else ():
        reads.append(_reading(convert, converters[1], connection))
    if column.convert:
        return StoredColumn(form=Form.ALONE, read=_all_of([*reads, column.convert]))
    if plain:
        return StoredColumn(form=plain.form, read=_all_of(reads), zone=plain.zone)
    return StoredColumn(form=_form(expression, converters), read=_all_of(reads))


def _form(expression: Expression, converters: Any) -> Form:
    if converters and not all(one.__module__.startswith("django.db.") for one in converters[0]):
        return Form.ALONE
    field = expression.output_field
    number = next((form for kind, form in NUMBERS.items() if isinstance(field, kind)), None)
    if number:
        return number
    return Form.READ if converters else Form.TEXT


def _reading(convert: Callable[..., object], *more: object) -> Read:
    return lambda value: convert(value, *more)


def _all_of(reads: Sequence[Read]) -> Read:
    if len(reads) == 1:
        return reads[0]

    def read(value: object) -> object:
        for one in reads:
            value = one(value)
        return value

    return read
