"""Rows of a sheet by PostgreSQL: the values that `xlsx_cells` makes in Python."""

from collections.abc import Iterator, Mapping, Sequence

from exports.formats.base import Document, Field, Kind
from exports.formats.rendering import TEXT_TYPES, NotInSql, Rendering, SqlColumn, SqlType
from exports.formats.sql_values import (
    care_sql,
    cell_sql,
    check_kind,
    json_care_sql,
    text_sql,
    wall_sql,
)
from exports.formats.xlsx_cells import BLANKS, DAY_SECONDS, EPOCH, FIRST_DAY, SAFE_DIGITS
from exports.formats.xlsx_copied import SheetRows, text_start
from exports.formats.xlsx_looks import highlighted_look
from exports.formats.xlsx_signs import TEXT_END, Around, Signs
from exports.formats.xlsx_styles import DATE, DATETIME, GENERAL, MONEY, TEXT, TIME, Look, fixed
from exports.formats.xlsx_text import SURELY_SHORT, text_cell

UNTALLIED = (SqlType.UUID, SqlType.JSON)  # a tally tells their values from texts that look so
Ids = Mapping[str | Look, int]


def render_rows(
    document: Document, columns: Sequence[SqlColumn], ids: Ids
) -> tuple[Rendering, SheetRows]:
    """Raises NotInSql."""
    pairs = list(zip(columns, document.fields, strict=True))
    if any(one.type in UNTALLIED and field.name in document.tallies for one, field in pairs):
        raise NotInSql
    cells = [_cell(column, field, document, ids) for column, field in pairs]
    rows = SheetRows([around for _, around in cells])
    head, *select = _groups(cells, rows.signs)
    rendering = Rendering(
        head=head,
        select=tuple(select),
        care=tuple(condition for column in columns for condition in _care(column, document)),
        null=TEXT_END.decode(),  # as after an empty text
    )
    return rendering, rows


def _groups(cells: Sequence[tuple[str, Around]], signs: Signs) -> list[str]:
    """Texts, each with the numbers that follow it; first the numbers that follow none."""
    groups: list[list[str]] = [[]]
    for number, (sql, around) in enumerate(cells):
        if around.is_text:
            is_alone = number + 1 == len(cells) or cells[number + 1][1].is_text
            groups.append([signs.text(sql, around, is_alone=is_alone)])
        else:
            groups[-1].append(signs.number(sql, around))
    return [" || ".join(group) for group in groups]


def _cell(column: SqlColumn, field: Field, document: Document, ids: Ids) -> tuple[str, Around]:
    """The value as SQL, and the XML that belongs to it."""
    check_kind(column, field)
    if field.highlights and column.type is not SqlType.TEXT:
        raise NotInSql
    blank = text_cell("", ids[BLANKS.get(field.kind, TEXT)]).encode()
    if column.type is SqlType.BOOLEAN:
        return f"{column.name}::int", Around(before=b'<c t="b"><v>', after=b"</v></c>", blank=blank)
    if column.type in TEXT_TYPES:
        return text_sql(column, field, document), Around(
            before=text_start(ids[TEXT]),
            after=b"</t></is></c>",
            blank=blank,
            text_style=ids[TEXT],
            styles=_styles(field, ids),
        )
    style, number = _number(column, field, document)
    before = f'<c s="{ids[style]}"><v>'.encode()
    return number, Around(before=before, after=b"</v></c>", blank=blank)


def _styles(field: Field, ids: Ids) -> dict[str, int]:
    if any(text != text.strip() or not text for text in field.highlights):
        raise NotInSql
    return {text: ids[highlighted_look(field, one)] for text, one in field.highlights.items()}


def _number(column: SqlColumn, field: Field, document: Document) -> tuple[str, str]:
    """The number format of a cell, and its value as SQL."""
    name = column.name
    match column.type:
        case SqlType.INTEGER:
            return fixed(0), name
        case SqlType.NUMERIC:
            return _scaled(column, field), name
        case SqlType.FLOAT:
            return GENERAL, cell_sql(column, field, document)
        case SqlType.DATE:
            return DATE, f"{name} - DATE '{EPOCH:%Y-%m-%d}'"
        case SqlType.TIME:
            return TIME, f"floor(date_part('epoch', {name})) / {DAY_SECONDS}"
        case SqlType.DATETIME:
            since = f"{wall_sql(column, document)} - TIMESTAMP '{EPOCH:%Y-%m-%d}'"
            return DATETIME, f"floor(date_part('epoch', {since})) / {DAY_SECONDS}"
    raise NotInSql


def _scaled(column: SqlColumn, field: Field) -> str:
    if field.kind is Kind.MONEY:
        return MONEY
    if column.scale is None:
        raise NotInSql  # each value may have another number of decimals, and so another style
    return fixed(column.scale) if column.scale <= 10 else GENERAL


def _care(column: SqlColumn, document: Document) -> Iterator[str]:
    name = column.name
    yield from care_sql(column, document)
    match column.type:
        case SqlType.TEXT if column.length is None or column.length > SURELY_SHORT:
            yield f"octet_length({name}) > {SURELY_SHORT}"
        case SqlType.JSON:
            yield json_care_sql(column)
            yield f"octet_length({name}::text) > {SURELY_SHORT}"
        case SqlType.INTEGER:
            yield f"{name} NOT BETWEEN -{10**SAFE_DIGITS - 1} AND {10**SAFE_DIGITS - 1}"
        case SqlType.NUMERIC:
            yield f"{name} = 'NaN'"
            if column.digits is None or column.digits + len("-.") > SAFE_DIGITS:
                yield f"length({name}::text) > {SAFE_DIGITS} OR {name} IN ('Infinity', '-Infinity')"
        case SqlType.DATE:
            yield f"{name} < '{FIRST_DAY:%Y-%m-%d}' OR {name} > '9999-12-31'"
        case SqlType.DATETIME:  # a day later, as this is no clock's time
            yield f"{name} < '{FIRST_DAY:%Y-%m-02} 00:00+00'"
