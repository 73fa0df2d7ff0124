"""Value -> text in PostgreSQL's SQL: what the module `values` says in Python."""

from collections.abc import Iterator

from exports.formats.base import Document, Field, Kind
from exports.formats.rendering import NotInSql, SqlColumn, SqlType, literal
from exports.formats.values import PLAIN_DATETIME

# Python gives a time back as it is where the zone's clock would leave the years 1 to 9999.
FIRST_MOMENT, LAST_MOMENT = "0001-01-03 00:00+00", "9999-12-29 00:00+00"
WHOLE_MINUTES = "1973-01-01 00:00+00"  # before, offsets from UTC may have seconds
SAME_FLOATS = "1e15"  # from here on, the database writes exponents earlier than Python
MONEY_SCALE = 2


def text_sql(column: SqlColumn, field: Field, document: Document) -> str:
    """The text of a cell; NULL of NULL."""
    check_kind(column, field)
    name = column.name
    match column.type:
        case SqlType.TEXT:
            return name
        case SqlType.NUMERIC:
            return _numeric(column, field)
        case SqlType.FLOAT:
            text = f"{name}::text"
            return f"CASE WHEN {text} ~ '^-?[0-9]+$' THEN {text} || '.0' ELSE {text} END"
        case SqlType.TIME:
            return padded(name, "time", 8)
        case SqlType.DATETIME:
            return _datetime(column, document)
    return f"{name}::text"


def cell_sql(column: SqlColumn, field: Field, document: Document) -> str:
    """The same for COPY, which makes text of values by itself."""
    text = text_sql(column, field, document)
    is_own = text == f"{column.name}::text" and column.type is not SqlType.BOOLEAN
    return column.name if is_own else text


def care_sql(column: SqlColumn, document: Document) -> Iterator[str]:
    """When the text above may not be what Python makes of the value."""
    if column.type is SqlType.FLOAT:
        yield f"abs({column.name}) >= {SAME_FLOATS}"
    if column.type is SqlType.DATETIME:
        has_offset = document.datetime_format == "iso" and not is_utc(document)
        first = WHOLE_MINUTES if has_offset else FIRST_MOMENT
        yield f"{column.name} < '{first}' OR {column.name} > '{LAST_MOMENT}'"


def json_care_sql(column: SqlColumn) -> str:
    """Where the text of JSON is a text or number by itself, or not what Python would write."""
    return f"{column.name}::text ~ '^[^[{{]|[,:.]'"


def check_kind(column: SqlColumn, field: Field) -> None:
    """Flags and money that the database keeps as another number are for Python."""
    is_number = column.type in (SqlType.INTEGER, SqlType.FLOAT)
    if is_number and field.kind is Kind.MONEY:
        raise NotInSql
    if column.type is SqlType.INTEGER and field.kind is Kind.BOOLEAN:
        raise NotInSql


def wall_sql(column: SqlColumn, document: Document) -> str:
    """The moment as the clock of the document's zone shows it."""
    if not document.time_zone.key:
        raise NotInSql
    return f"({column.name} AT TIME ZONE {literal(document.time_zone.key)})"


def is_utc(document: Document) -> bool:
    return document.time_zone.key == "UTC"


def padded(moment: str, kind: str, length: int) -> str:
    """Six digits of a fraction, if there is one: the database leaves zeros at the end out."""
    text = f"({moment})::text"
    return (
        f"CASE WHEN {moment} = ({moment})::{kind}(0) THEN {text}"
        f" ELSE rpad({text}, {length + 7}, '0') END"
    )


def _numeric(column: SqlColumn, field: Field) -> str:
    if field.kind is not Kind.MONEY or (column.scale or 0) >= MONEY_SCALE:
        return f"{column.name}::text"
    name = column.name
    padded_money = f"round({name}, greatest(scale({name}), {MONEY_SCALE}))::text"
    return f"CASE WHEN {name} = 'NaN' THEN 'NaN' ELSE {padded_money} END"


def _datetime(column: SqlColumn, document: Document) -> str:
    wall = wall_sql(column, document)
    if document.datetime_format == PLAIN_DATETIME:
        return f"left({wall}::text, 19)"
    if document.datetime_format != "iso":
        raise NotInSql
    return f"replace({padded(wall, 'timestamp', 19)}, ' ', 'T') || {_offset(column, document)}"


def _offset(column: SqlColumn, document: Document) -> str:
    if is_utc(document):
        return "'+00:00'"
    utc = f"({column.name} AT TIME ZONE 'UTC')"
    minutes = f"(date_part('epoch', {wall_sql(column, document)} - {utc}) / 60)::int"
    sign = f"CASE WHEN {minutes} < 0 THEN '-' ELSE '+' END"
    return f"{sign} || to_char(make_interval(mins => abs({minutes})), 'HH24:MI')"
