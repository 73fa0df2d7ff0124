"""The encoder that fits a column of stored values."""

from exports.formats.column_times import Days, Times
from exports.formats.columns import Alone, CellMaker, ColumnEncoder, Numbers, Remembering, Texts
from exports.formats.stored import Form, StoredColumn

ENCODERS: dict[Form, type[Remembering]] = {
    Form.TEXT: Texts,
    Form.READ: Remembering,
    Form.INTEGER: Numbers,
    Form.DECIMAL: Numbers,
    Form.FLOAT: Numbers,
    Form.FLAG: Numbers,
    Form.MOMENT_DATE: Days,
    Form.ALONE: Alone,
}


def column_encoder(
    stored: StoredColumn, maker: CellMaker, *, times: type[Times] = Times
) -> ColumnEncoder:
    """`times`: how the format writes times."""
    return ENCODERS.get(stored.form, times)(stored, maker)
