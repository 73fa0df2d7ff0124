"""Made-up rows, many and fast. Only adds: what is in a table already stays as it is."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import islice
from types import NoneType
from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import Field, Max, Model, Q
from tqdm import tqdm

BATCH = 10_000
RNG_SEED = 20_251_004
# Types that the drivers take as they are; asking the field for each value costs half the time.
PLAIN = (str, int, NoneType)
PLAIN_ON_POSTGRES = (*PLAIN, Decimal, dt.datetime, dt.date)
HISTORY = dt.timedelta(days=730)  # how far back made-up rows reach

Row = Sequence[Any]
T = TypeVar("T")

PEOPLE = (
    "Ana Kovačević", "John Doe", "Ελένη Παπαδοπούλου", "Иван Петров", "李 小龍", "María Núñez",
    "José García", "Zoë O'Brien", "Søren Ångström", "محمد علي", "דוד לוי", "山田 太郎", "김 민준",
    "Łukasz Żółć", "Nguyễn An", "Fatma Öztürk", "Priya Sharma", "Kwame Mensah", "Lars Müller",
    "Chloé Dupont", "Giulia Rossi", "Olga Ivanova", "Tom Smith", "Grace Okafor", "Ahmed Hassan",
    "Mei Chen", "Pedro Alves", "Aoife Murphy", "Jan Novák", "Sofia Lindberg",
)  # fmt: skip

# What files get wrong: formulas, quotes, line ends, scripts, directions, joined characters.
ODD_TEXTS = (
    "=1+1", "-item, see the list", "@handle on request", "+49 30 1234567", "\tafter a tab",
    'She said "like new", and it is.', "First line\nsecond line", "Carriage\r\nreturn",
    "Τέλεια κατάσταση, ένας ιδιοκτήτης", "Всё исправно, без аварий", "一手货、没有问题",
    "نص من اليمين إلى اليسار، 100%", "שלום, עולם", "Ready to go 🚗💨 👩\u200d🔧",
    "semi;colon | bar",
    "O'Neill \\ 100 % of papers_here", " outer blanks ", "caf\u00e9 and cafe\u0301",
    "007", "1,234.50", "2024-02-30", "NULL", "x" * 200,
)  # fmt: skip


def add_people() -> list[int]:
    """The keys of the made-up users, who cannot log in."""
    users = get_user_model()._default_manager
    names = [f"demo-{number:02}" for number in range(1, len(PEOPLE) + 1)]
    missing = set(names) - set(users.filter(username__in=names).values_list("username", flat=True))
    users.bulk_create(
        get_user_model()(
            username=name,
            first_name=full.partition(" ")[0],
            last_name=full.partition(" ")[2],
            email=f"{name}@example.com",
            password=make_password(None),
        )
        for name, full in zip(names, PEOPLE, strict=True)
        if name in missing
    )
    return list(users.filter(username__in=names).order_by("username").values_list("pk", flat=True))


def add_named(model: type[Any], rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Rows of a short list that are not in it yet, under their ids where these are free.

    A row is in it already when its name is, in whatever case, or anything else of it that must
    be unique. Answers with the key of every name.
    """
    keys: dict[str, int] = dict(model.objects.values_list("name", "pk"))
    reset_sequence(model)
    for row in rows:
        if row["name"] not in keys:
            there = model.objects.filter(_is_same(model, row)).order_by("pk").first()
            keys[row["name"]] = there.pk if there else _add_one(model, row)
    return keys


def _is_same(model: type[Any], row: Mapping[str, Any]) -> Q:
    """By name, and by each unique value that is no id: an id is only a wish."""
    same = Q(name__iexact=row["name"])
    for name, value in row.items():
        if name != "id" and value is not None and model._meta.get_field(name).unique:
            same |= Q(**{name: value})
    return same


def _add_one(model: type[Any], row: Mapping[str, Any]) -> int:
    is_taken = model.objects.filter(pk=row["id"]).exists() if "id" in row else False
    values = {name: value for name, value in row.items() if not (is_taken and name == "id")}
    key: int = model.objects.create(**values).pk
    reset_sequence(model)
    return key


def last_key(model: type[Any]) -> int:
    last: int | None = model.objects.aggregate(last=Max("pk"))["last"]
    return last or 0


def missing_rows(model: type[Any], wanted: int) -> int:
    there: int = model.objects.count()
    return max(0, wanted - there)


def reset_sequence(model: type[Model]) -> None:
    """Let the next key follow those that were given expressly."""
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(sql)


def add_rows(
    model: type[Any],
    names: Sequence[str],
    rows: Iterable[Row],
    *,
    expected: int,
    quiet: bool = True,
) -> int:
    """Write rows in batches, each one transaction; the values are those of the named fields."""
    fields = [model._meta.get_field(name) for name in names]
    added = 0
    with tqdm(total=expected, unit=" rows", desc=model._meta.label, disable=quiet) as bar:
        for batch in batched(rows, BATCH):
            with transaction.atomic():
                _write(model, fields, batch)
            added += len(batch)
            bar.update(len(batch))
    return added


def batched(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch


def _write(model: type[Any], fields: "Sequence[Field[Any, Any]]", batch: Sequence[Row]) -> None:
    connection = connections[DEFAULT_DB_ALIAS]
    on_postgres = connection.vendor == "postgresql"
    plain = PLAIN_ON_POSTGRES if on_postgres else PLAIN
    quote = connection.ops.quote_name
    table, columns = quote(model._meta.db_table), ", ".join(quote(str(f.column)) for f in fields)
    prepare = [field.get_db_prep_save for field in fields]
    cells = [
        [
            value if type(value) in plain else save(value, connection)
            for save, value in zip(prepare, row, strict=True)
        ]
        for row in batch
    ]
    with connection.cursor() as cursor:
        if on_postgres:
            with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in cells:
                    copy.write_row(row)
        else:
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(
                f"INSERT INTO {table} ({columns}) VALUES ({marks})",  # noqa: S608
                cells,
            )
