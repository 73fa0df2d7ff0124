import psycopg
import pytest
from django.db import connection, transaction

from exports.sources.messages import read_messages

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="Messages of PostgreSQL's COPY"),
]


def read(query: str, most: int) -> list[list[bytes]]:
    with connection.cursor() as cursor, cursor.copy(f"COPY ({query}) TO STDOUT") as copy:
        return [[bytes(one) for one in some] for some in read_messages(copy, most)]


@pytest.mark.parametrize("rows", [0, 1, 249, 250, 251, 20_000])
def test_every_row_comes_once_and_in_order(rows: int) -> None:
    found = read(f"SELECT n, repeat('x', 300) FROM generate_series(1, {rows}) n", 250)
    assert [len(some) for some in found[:-1]] == [250] * (len(found) - 1)
    numbers = [int(row.split(b"\t")[0]) for some in found for row in some]
    assert numbers == list(range(1, rows + 1))
    assert read("SELECT 1", 1) == [[b"1\n"]], "the connection is of use again"


def test_rows_that_come_slowly_are_waited_for() -> None:
    assert read("SELECT n, pg_sleep(0.05) FROM generate_series(1, 3) n", 2) == [
        [b"1\t\n", b"2\t\n"],
        [b"3\t\n"],
    ]


@pytest.mark.parametrize("row", [1, 5_000, 20_000])
def test_an_error_amid_the_rows_is_raised(row: int) -> None:
    query = f"SELECT 1 / (n - {row}), repeat('x', 300) FROM generate_series(1, 20000) n"
    with pytest.raises(psycopg.errors.DivisionByZero), transaction.atomic():
        read(query, 250)
    assert read("SELECT 1", 1) == [[b"1\n"]]


def give_up_early() -> None:
    query = "COPY (SELECT * FROM generate_series(1, 5000000)) TO STDOUT"
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(query) as copy:
        for _some in read_messages(copy, 250):
            raise KeyError


def test_giving_up_early_leaves_the_connection_usable() -> None:
    with pytest.raises(KeyError):
        give_up_early()
    assert read("SELECT 1", 1) == [[b"1\n"]]
