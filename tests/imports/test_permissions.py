"""Who may import what, in which mode, into which fields, and see whose imports."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.contrib.auth.models import User

from imports import permissions
from imports.errors import NotAllowed
from imports.importers import Importer
from imports.models import ImportJob
from imports.permissions import check_may_import, importers_for, may_import, modes_for, visible_to
from imports.registry import find_importer
from tests.imports.conftest import Upload

pytestmark = pytest.mark.django_db

MakeUser = Callable[..., User]
IMPORTS = "imports.add_importjob"


@pytest.fixture
def books() -> type[Importer]:
    return find_importer("books")


@pytest.mark.parametrize(
    ("rights", "modes"),
    [
        ((), ()),
        ((IMPORTS,), ()),
        (("library.add_book", "library.change_book"), ()),
        ((IMPORTS, "library.view_book"), ()),
        ((IMPORTS, "library.add_book"), ("create",)),
        ((IMPORTS, "library.change_book"), ("update",)),
        ((IMPORTS, "library.add_book", "library.change_book"), ("upsert", "create", "update")),
    ],
)
def test_each_mode_needs_the_rights_that_it_uses(
    make_user: MakeUser, books: type[Importer], rights: tuple[str, ...], modes: tuple[str, ...]
) -> None:
    ana = make_user("ana", *rights)
    assert modes_for(ana, books) == modes
    assert may_import(ana, books) is bool(modes)
    for mode in ("create", "update", "upsert"):
        assert may_import(ana, books, mode) is (mode in modes)
    assert [importer.name for importer in importers_for(ana)] == (["books"] if modes else [])


@pytest.mark.parametrize("fault", [{"is_staff": False}, {"is_active": False}])
def test_only_active_staff_imports_and_sees_imports(
    make_user: MakeUser, books: type[Importer], fault: dict[str, bool]
) -> None:
    ana = make_user("ana", IMPORTS, "library.add_book", **fault)
    assert not may_import(ana, books)
    assert not permissions.may_look(ana)
    assert not visible_to(ana).exists()


def test_a_refusal_says_what_may_be_done_instead(
    make_user: MakeUser, books: type[Importer]
) -> None:
    ana = make_user("ana", IMPORTS, "library.add_book")
    with pytest.raises(NotAllowed, match=r"You may do: “Only add new records”"):
        check_may_import(ana, books, "upsert")
    check_may_import(ana, books, "create")


def test_a_field_may_need_a_permission_of_its_own(
    make_user: MakeUser, books: type[Importer]
) -> None:
    ana = make_user("ana", IMPORTS, "library.add_book")
    eve = make_user("eve", IMPORTS, "library.add_book", "library.delete_book")
    price = replace(
        next(f for f in books.fields if f.name == "price"), permission="library.delete_book"
    )
    with pytest.raises(NotAllowed, match="may not fill"):
        check_may_import(ana, books, "create", [price])
    check_may_import(eve, books, "create", [price])


def test_a_guess_never_fills_what_the_person_may_not_fill(
    make_user: MakeUser, books: type[Importer], upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded = tuple(
        replace(field, permission="library.delete_book") if field.name == "price" else field
        for field in books.fields
    )
    monkeypatch.setattr(books, "fields", guarded)
    ana = make_user("bea", IMPORTS, "library.add_book")
    job = upload("title,price\nEmma,1.00\n", importer="books", mode="create", user=ana)
    assert job.mapping == {"title": "title", "price": None}
    with pytest.raises(NotAllowed):
        upload(
            "title,price\nEmma,1.00\n", importer="books", mode="create", user=ana,
            mapping={"title": "title", "price": "price"},
        )  # fmt: skip


def test_everybody_sees_their_own_and_a_superuser_sees_all(
    make_user: MakeUser, upload: Upload, ana: User
) -> None:
    job = upload("text\na\n")
    bob = make_user("bob", IMPORTS, "imports.view_importjob")
    root = User.objects.create_superuser("root")
    assert list(visible_to(ana)) == list(visible_to(root)) == [job]
    assert list(visible_to(bob)) == []
    assert ImportJob.objects.count() == 1
