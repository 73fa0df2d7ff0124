"""JSON: the envelope, the layout, and text that is never changed."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from exports.formats import Field, Kind

ENVELOPE = {
    "export_id": "7f",
    "resource_type": "tickets",
    "exported_at": dt.datetime(2024, 7, 1, 12, tzinfo=dt.UTC),
    "item_count": 2,
    "filters": {"status": ["open"], "q": "ü"},
}


def test_the_layout_is_one_object_a_line_below_the_envelope(
    make_document: Any, written: Any
) -> None:
    fields = (
        Field(name="id", header="Number", kind=Kind.INTEGER),
        Field(name="5%s", header="Name"),
        Field(name="price", header="Price", kind=Kind.MONEY),
    )
    document = make_document(fields=fields, envelope=ENVELOPE)
    data, _ = written("json", document, [[1, "Zoë\n", Decimal("5.5")], [2, None, None]])
    assert data.decode() == (
        "{\n"
        '  "export_id": "7f",\n'
        '  "resource_type": "tickets",\n'
        '  "exported_at": "2024-07-01T14:00:00+02:00",\n'
        '  "item_count": 2,\n'
        '  "filters": {"status": ["open"], "q": "ü"},\n'
        '  "data": [\n'
        '    {"id":1,"5%s":"Zoë\\n","price":"5.50"},\n'
        '    {"id":2,"5%s":null,"price":null}\n'
        "  ]\n"
        "}\n"
    )


def test_no_rows_are_an_empty_list(make_document: Any, written: Any) -> None:
    data, _ = written("json", make_document(envelope=ENVELOPE), [])
    assert data.endswith(b'"data": []\n}\n')
    assert json.loads(data)["item_count"] == 2


def test_the_envelope_must_leave_the_data_alone(make_document: Any, written: Any) -> None:
    with pytest.raises(ValueError, match="must not have a key"):
        written("json", make_document(envelope={"data": []}), [])


@pytest.mark.parametrize("text", ["\0", "=1+1", "\u2028", "\ud800", '"\\', "\x7f"])
def test_text_is_never_changed(text: str, make_document: Any, written: Any) -> None:
    data, totals = written("json", make_document(), [[text]])
    assert json.loads(data)["data"] == [{"field_0": text}]
    assert (totals.protected_cells, totals.removed_nuls) == (0, 0)


def test_the_offset_is_the_one_of_the_day(make_document: Any, written: Any, read: Any) -> None:
    moments = [dt.datetime(2024, month, 1, 12, tzinfo=dt.UTC) for month in (1, 7)]
    data, _ = written("json", make_document([Kind.DATETIME]), [[one] for one in moments])
    assert read["json"](data)[1:] == [
        ["2024-01-01T13:00:00+01:00"],
        ["2024-07-01T14:00:00+02:00"],
    ]
