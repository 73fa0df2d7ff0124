from typing import Any

import pytest
from django.test import Client

from imports.models import ImportJob
from imports.states import Status
from tests.imports.admin.conftest import tree_of, words_of

pytestmark = pytest.mark.django_db

BOOKS = """Title,Genre,Published (day),Shop
Emma,Novell,1815-12-23,7
Odes,Poetry,31/02/2025,8
Lyrics,Poetry,1820-05-01,9
"""


@pytest.fixture
def job(upload: Any) -> ImportJob:
    """One column is only a guess, one is of no field."""
    made: ImportJob = upload(BOOKS, "books.csv", importer="")
    assert made.status == Status.UPLOADED
    return made


def form_of(response: Any) -> dict[str, str]:
    """What a browser would send of the mapping form."""
    (form,) = tree_of(response).xpath("//form[@id='im-map']")
    return {name: value or "" for name, value in form.form_values()}


def test_columns_come_with_samples_fields_and_how_sure_they_are(
    job: ImportJob, pages: Client, url: Any
) -> None:
    rows = tree_of(pages.get(url("map", job))).xpath("//table[@class='im-map']/tbody/tr")
    assert [row.xpath("./th")[0].text_content() for row in rows] == job.header
    chosen = [row.xpath(".//option[@selected]/@value") for row in rows]
    assert chosen == [["title"], ["shelf"], ["published_on"], []]
    notes = [" ".join(row.xpath("./td")[-1].text_content().split()) for row in rows]
    assert notes[0].startswith("sure")
    assert notes[2].startswith("guess")
    assert "“31/02/2025”: There is no such day in the calendar." in notes[2]
    assert notes[3] == "ignored"
    assert rows[3].get("class") == "im-ignored"
    assert "Novell" in rows[1].text_content()


def test_unknown_values_are_offered_with_what_was_probably_meant(
    job: ImportJob, pages: Client, url: Any
) -> None:
    sent = form_of(pages.get(url("map", job)))
    assert sent["found_shelf_0"] == "Novell"
    assert sent["meant_shelf_0"] == "Novel"


def test_the_check_begins_with_what_was_said(job: ImportJob, pages: Client, url: Any) -> None:
    sent = form_of(pages.get(url("map", job)))
    sent |= {"mode": "create", "blank": "clear", "column_3": "pages", "key": "title"}
    response = pages.post(url("map", job), sent)
    assert response["Location"] == url("check", job)
    job.refresh_from_db()
    assert job.status == Status.CHECKING
    assert job.mapping == {
        "Title": "title",
        "Genre": "shelf",
        "Published (day)": "published_on",
        "Shop": "pages",
    }
    assert job.values == {"shelf": {"Novell": "Novel"}}
    assert (job.mode, job.blank, job.key) == ("create", "clear", "title")


def test_a_bad_mapping_is_shown_again_with_the_reason(
    job: ImportJob, pages: Client, url: Any
) -> None:
    sent = form_of(pages.get(url("map", job))) | {"column_0": "", "column_3": "pages"}
    response = pages.post(url("map", job), sent)
    assert response.status_code == 400
    tree = tree_of(response)
    assert "One field still needs a column: Title" in words_of(response)
    (button,) = tree.xpath("//button[@id='im-check']")
    assert button.get("data-blocked") is not None
    (reasons,) = tree.xpath("//*[@id='im-reasons']")
    assert "No column is mapped to “title”." in reasons.text_content()
    assert tree.xpath("//select[@name='column_3']/option[@selected]/@value") == ["pages"]
    job.refresh_from_db()
    assert job.status == Status.UPLOADED


def test_a_draft_is_answered_and_not_kept(job: ImportJob, pages: Client, url: Any) -> None:
    before = dict(job.mapping)
    sent = form_of(pages.get(url("map", job))) | {"column_3": "title"}
    response = pages.post(url("map_draft", job), sent)
    assert "are mapped to the same field" in words_of(response)
    job.refresh_from_db()
    assert job.mapping == before


@pytest.mark.parametrize(
    "sent",
    [
        {"column_0": "password"},
        {"mode": "wipe"},
        {"key": "nothing"},
        {"blank": "x"},
        {"option_x": "y"},
        {"found_password_0": "a", "meant_password_0": "b"},
    ],
)
def test_what_the_form_does_not_offer_is_refused(
    sent: dict[str, str], job: ImportJob, pages: Client, url: Any
) -> None:
    whole = form_of(pages.get(url("map", job))) | sent
    assert pages.post(url("map", job), whole).status_code == 400


@pytest.mark.parametrize(
    ("sent", "header"),
    [
        ({"delimiter": ";"}, ["a,b", "c"]),
        ({"delimiter": "ab"}, ["a", "b;c"]),
        ({"delimiter": ","}, ["a", "b;c"]),
        ({"delimiter": ";", "header_row": "2"}, ["1,2", "3"]),
        ({"header_row": "²"}, ["a", "b;c"]),
    ],
)
def test_another_layout_is_read_at_once(
    sent: dict[str, str], header: list[str], upload: Any, pages: Client, url: Any
) -> None:
    job = upload("a,b;c\n1,2;3\n4,5;6\n", "x.csv", importer="")
    response = pages.post(url("map_layout", job), sent)
    assert response["Location"] == url("map", job)
    job.refresh_from_db()
    assert job.header == header


def test_a_layout_that_cannot_be_is_answered_with_a_sentence(
    job: ImportJob, pages: Client, url: Any
) -> None:
    response = pages.post(url("map_layout", job), {"header_row": "99"}, follow=True)
    assert tree_of(response).xpath("//ul[@class='messagelist']/li[@class='error']")
    job.refresh_from_db()
    assert job.header_row == 1


def test_without_an_importer_only_that_is_asked(upload: Any, pages: Client, url: Any) -> None:
    job = upload("foo,bar\n1,2\n", "x.csv", importer="")
    page = pages.get(url("map", job))
    assert "Say first what kind of records these are." in words_of(page)
    assert not tree_of(page).xpath("//select[starts-with(@name, 'column_')]")
    pages.post(url("map_layout", job), {"importer": "notes"})
    assert tree_of(pages.get(url("map", job))).xpath("//select[@name='column_0']")


def test_what_a_check_has_refused_can_be_translated(
    upload: Any, run: Any, pages: Client, url: Any
) -> None:
    rows = "".join(f"Book {n},Novel\n" for n in range(30))
    job = run(upload(f"Title,Shelf\n{rows}Odes,Poetri\n", "b.csv", importer="books"))
    sent = form_of(pages.get(url("map", job)))
    assert (sent["found_shelf_0"], sent["meant_shelf_0"]) == ("Poetri", "Poetry")
    pages.post(url("map", job), sent)
    assert run(job).check_counts["fail"] == 0


def test_fields_one_may_not_fill_are_not_offered(
    make_user: Any, upload: Any, client: Client, url: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from tests.library.importers import BookImporter

    guarded = tuple(
        replace(field, permission="library.delete_book") if field.name == "price" else field
        for field in BookImporter.fields
    )
    monkeypatch.setattr(BookImporter, "fields", guarded)
    bob = make_user("bob", "imports.add_importjob", "library.add_book", "library.change_book")
    client.force_login(bob)
    job = upload("Titel,Price\nEmma,3\n", "b.csv", user=bob, importer="books")
    page = client.get(url("map", job))
    assert not tree_of(page).xpath("//option[@value='price']")
    sent = form_of(page) | {"column_0": "title", "column_1": "price"}
    assert "You may not fill “price”" in words_of(client.post(url("map", job), sent))


def test_a_confirmed_import_has_no_mapping_page(
    upload: Any, run: Any, pages: Client, url: Any
) -> None:
    job = run(upload("Title\nEmma\n", "b.csv", importer="books"))
    pages.post(url("confirm", job))
    assert pages.get(url("map", job))["Location"] == url("watch", job)
    assert pages.post(url("map", job), {})["Location"] == url("watch", job)
    job.refresh_from_db()
    assert job.status == Status.QUEUED


def test_columns_of_one_name_are_told_apart(upload: Any, pages: Client, url: Any) -> None:
    job = upload("Title,Pages,Pages\nEmma,12,13\n", "books.csv", importer="books")
    text = words_of(pages.get(url("map", job)))
    assert text.count("2 columns are called “Pages”.") == 2
    assert "Pages (column 3)" in text


def test_keys_are_called_as_people_call_them(upload: Any, pages: Client, url: Any) -> None:
    job = upload("Foo,Bar\nEmma,12\n", "books.csv", importer="books")
    offered = tree_of(pages.get(url("map", job))).xpath("//select[@name='key']/option")
    assert [option.text_content().strip() for option in offered] == ["Title + Author", "Title"]
