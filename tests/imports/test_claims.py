"""What only one record may have, by rules that look at a part of the records or at more than
columns as they stand. Check and run refuse the same rows, however the file is cut."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import Q, UniqueConstraint
from django.db.models.functions import Lower

from tests.imports.applying import codes, importer_of, outcomes, parsed, take
from tests.library.models import Author

pytestmark = pytest.mark.django_db

BY_NAME = importer_of(Author, keys=(("name",),))
CUTS = pytest.mark.parametrize(
    ("size", "applies"), [(1, True), (1, False), (100, True), (100, False)]
)
Demand = Callable[[UniqueConstraint], None]


@pytest.fixture
def demand(monkeypatch: pytest.MonkeyPatch) -> Demand:
    """The table of authors gets one more rule, until the test is over."""

    def add(rule: UniqueConstraint) -> None:
        editor: Any = connection.schema_editor()
        with connection.cursor() as cursor:
            cursor.execute(str(rule.create_sql(Author, editor)))
        monkeypatch.setattr(Author._meta, "constraints", [*Author._meta.constraints, rule])

    return add


@CUTS
def test_an_expression_is_given_once(demand: Demand, size: int, applies: bool) -> None:
    demand(UniqueConstraint(Lower("email"), name="one_address"))
    Author.objects.create(name="Old", email="old@example.org")
    rows = parsed(
        {"name": "A", "email": "a@example.org"},
        {"name": "B", "email": "A@Example.org"},
        {"name": "C", "email": "OLD@example.org"},
        {"name": "A", "email": "A@EXAMPLE.org"},  # its own
        {"name": "D", "email": "d@example.org"},
    )
    results = take(BY_NAME, rows, size=size, applies=applies)
    assert codes(results) == {3: ["not_unique"], 4: ["not_unique"], 5: ["duplicate_in_file"]}
    assert outcomes(results) == ["create", "fail", "fail", "fail", "create"]


@CUTS
def test_a_condition_leaves_the_others_alone(demand: Demand, size: int, applies: bool) -> None:
    demand(UniqueConstraint(fields=["email"], condition=~Q(email=""), name="address_if_any"))
    rows = parsed(
        {"name": "A", "email": ""},
        {"name": "B", "email": ""},
        {"name": "C", "email": "c@example.org"},
        {"name": "D", "email": "c@example.org"},
    )
    results = take(BY_NAME, rows, size=size, applies=applies)
    assert codes(results) == {5: ["not_unique"]}


@CUTS
def test_what_a_change_frees_stays_taken(demand: Demand, size: int, applies: bool) -> None:
    demand(UniqueConstraint(Lower("email"), name="one_address"))
    Author.objects.create(name="Old", email="old@example.org")
    rows = parsed(
        {"name": "Old", "email": "new@example.org"},
        {"name": "B", "email": "Old@example.org"},
        {"name": "C", "email": "New@example.org"},
    )
    results = take(BY_NAME, rows, size=size, applies=applies)
    assert codes(results) == {3: ["not_unique"], 4: ["not_unique"]}
    assert outcomes(results)[0] == "update"
