from typing import Any

import pytest
from django.http import QueryDict

from exports.errors import InvalidRequest
from exports.forms import check_request, read_leniently, read_request, wants_background
from exports.plans import ExportRequest
from exports.query_strings import write_query
from exports.registry import find_resource


def read(query: str, resource: str = "books") -> ExportRequest:
    return read_request(find_resource(resource), QueryDict(query))


def test_nothing_asks_for_the_usual_file() -> None:
    assert read("") == ExportRequest(resource="books", format="csv")


def test_a_list_filter_takes_every_value_and_a_plain_one_the_last() -> None:
    found = read("shelf=novel&shelf=poetry&title=a&title=b&author_id=3&in_print=true")
    assert found.filters == {
        "shelf": ["novel", "poetry"],
        "title": "b",
        "author_id": ["3"],
        "in_print": "true",
    }


def test_empty_values_and_the_token_are_no_filters() -> None:
    assert read("title=&shelf=+&csrfmiddlewaretoken=abc").filters == {}


def test_an_unknown_filter_is_kept_for_the_check() -> None:
    assert read("colour=red").filters == {"colour": "red"}


def test_columns_keep_their_order() -> None:
    assert read("_columns=&_columns=title&_columns=id").columns == ("title", "id")


def test_no_column_at_all_is_said() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read("_columns=")
    assert refusal.value.errors == {"columns": ["Choose at least one column."]}


@pytest.mark.parametrize(
    ("query", "sort_by", "descending"),
    [
        ("", "", None),
        ("_sort=pages", "pages", False),
        ("_sort=-pages", "pages", True),
        ("_sort=pages&_order=desc", "pages", True),
        ("_sort=pages&_order=asc", "pages", False),
        ("_sort=", "", False),
        ("_sort=-", "", True),
    ],
)
def test_the_direction_stands_before_the_sort_field_or_beside_it(
    query: str, sort_by: str, descending: bool | None
) -> None:
    found = read(query)
    assert (found.sort_by, found.sort_descending) == (sort_by, descending)


@pytest.mark.parametrize(
    ("text", "limit"), [("", None), ("10", 10), ("1,000", 1000), (" 1 000 ", 1000), ("0", 0)]
)
def test_a_limit_is_read_as_people_write_it(text: str, limit: int | None) -> None:
    assert read(QueryDict(mutable=True).urlencode() + f"_limit={text}").limit == limit


@pytest.mark.parametrize("text", ["many", "-1", "1.5", "1e3", "٣", "9" * 16])
def test_a_limit_that_is_no_number_is_said(text: str) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read(f"_limit={text}")
    assert list(refusal.value.errors) == ["limit"]


def test_a_box_counts_as_ticked_when_it_sends_true_after_false() -> None:
    assert read("_format=csv&_option_bom=false&_option_bom=true").options == {"bom": True}
    assert read("_format=csv&_option_bom=false").options == {"bom": False}


def test_options_shown_for_another_format_are_left_out() -> None:
    assert read("_format=json&_options_for=csv&_option_bom=true").options == {}
    assert read("_format=json&_option_bom=true").options == {"bom": True}


def test_a_misspelled_setting_is_said_rather_than_ignored() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        read("_limt=10")
    assert list(refusal.value.errors) == ["_limt"]


def test_every_fault_is_found_at_once(ana: Any) -> None:
    data = QueryDict("_columns=&_limit=x&shelf=attic&_sort=colour&min_pages=9&max_pages=1")
    with pytest.raises(InvalidRequest) as refusal:
        check_request(ana, find_resource("books"), data)
    assert set(refusal.value.errors) == {"columns", "limit", "shelf", "sort_by", "max_pages"}


def test_a_page_can_be_shown_again_whatever_was_asked() -> None:
    found = read_leniently(find_resource("books"), QueryDict("_columns=&_limit=x&title=a"))
    assert (found.filters, found.limit) == ({"title": "a"}, None)


@pytest.mark.parametrize(
    "request_",
    [
        ExportRequest(resource="books", columns=("id",), sort_descending=False),
        ExportRequest(
            resource="books",
            format="json",
            columns=("title", "author_email", "id"),
            filters={"shelf": ["novel", "poetry"], "title": "a & b=ü", "keys": "1,2"},
            sort_by="pages",
            sort_descending=True,
            limit=7,
            include_contact_info=True,
        ),
        ExportRequest(
            resource="books",
            format="csv",
            columns=("id",),
            sort_descending=True,
            options={"bom": False, "delimiter": "|", "quote": "all"},
        ),
        ExportRequest(
            resource="books",
            columns=("title", "id"),
            sort_descending=False,
            headers={"title": "Name & = ü"},
            email_notification=True,
        ),
    ],
)
def test_what_is_written_is_read_back_the_same(request_: ExportRequest) -> None:
    assert read(write_query(request_)) == request_


def test_blank_headings_are_the_usual_ones() -> None:
    assert read("_heading_title=&_heading_id=+&_heading_pages=Length").headers == {
        "pages": "Length"
    }


@pytest.mark.parametrize(
    ("query", "is_wished"), [("", False), ("_background=1", True), ("_background=0", False)]
)
def test_the_background_can_be_wished_for(query: str, is_wished: bool) -> None:
    assert wants_background(QueryDict(query)) is is_wished
