from decimal import Decimal
from typing import Any

import pytest

from imports.batches import ABSENT, Batch, gather, has_gaps
from imports.targets import Target
from tests.imports.applying import parsed
from tests.library.models import Book

pytestmark = pytest.mark.django_db


def test_records_become_columns_and_say_what_they_do_not_say() -> None:
    records: list[dict[str, Any]] = [
        {"title": "a", "pages": 1},
        {"pages": None, "title": "b"},
        {"title": "c", "price": Decimal("1.5")},
    ]
    batch = gather(Target(Book, fields=()), parsed(*records))
    assert batch.columns == {
        "title": ["a", "b", "c"],
        "pages": [1, None, ABSENT],
        "price": [ABSENT, ABSENT, Decimal("1.5")],
    }
    assert list(batch.columns) == ["title", "pages", "price"]
    assert len(batch) == 3


def test_rows_without_records_are_not_gathered() -> None:
    assert gather(Target(Book, fields=()), []) == Batch(rows=[], columns={})


def test_rows_know_their_records() -> None:
    assert Batch(rows=[2, 3, 5], columns={}).by_row() == {2: [0], 3: [1], 5: [2]}
    assert Batch(rows=[2, 3, 2, 5], columns={}).by_row() == {2: [0, 2], 3: [1], 5: [3]}


def test_a_gap_is_no_value() -> None:
    assert not has_gaps([None, "", 0, Decimal(0), Decimal("sNaN")])
    assert has_gaps([Decimal(1), ABSENT])
