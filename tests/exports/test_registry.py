import pytest

from exports.registry import UnknownResource, find_resource, register, unregister
from exports.resources import ExportResource
from tests.library.export_resources import BookResource
from tests.library.models import Author


def test_a_resource_is_found_by_its_name() -> None:
    assert find_resource("books") is BookResource


def test_an_unknown_name_is_answered_with_the_valid_ones() -> None:
    with pytest.raises(UnknownResource, match=r"no resource “boks”.*books"):
        find_resource("boks")


def test_two_resources_of_one_name_are_refused_and_the_first_stays() -> None:
    with pytest.raises(ValueError, match="Two export resources are named “books”"):

        @register
        class Other(ExportResource):
            name = "books"
            model = Author

    assert find_resource("books") is BookResource


def test_a_resource_takes_five_lines() -> None:
    @register
    class AuthorResource(ExportResource):
        name = "authors"
        model = Author

    try:
        assert find_resource("authors") is AuthorResource
    finally:
        unregister("authors")
