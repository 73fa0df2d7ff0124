"""Lists, page by page."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from exportsite.api.inputs import Query


class PageQuery(Query):
    page = serializers.IntegerField(min_value=1, default=1)
    page_size = serializers.IntegerField(min_value=1, max_value=100, default=20)


class LogPageQuery(Query):
    page = serializers.IntegerField(min_value=1, default=1)
    page_size = serializers.IntegerField(min_value=1, max_value=500, default=50)


class Pagination(serializers.Serializer[Any]):
    """Where a page is among the others."""

    page = serializers.IntegerField()
    page_size = serializers.IntegerField()
    total_items = serializers.IntegerField()
    total_pages = serializers.IntegerField()
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)


def answer_page(
    request: Request,
    rows: "QuerySet[Any]",
    query: Mapping[str, Any],
    represent: Callable[[Sequence[Any]], Sequence[Any]],
) -> Response:
    """One page of the rows. Raises NotFound when there is no such page."""
    pages = Paginator(rows, query["page_size"])
    number = query["page"]
    if number > pages.num_pages:
        raise NotFound(_("There is no page %(page)d; the last one is %(last)d.") % {
            "page": number, "last": pages.num_pages,
        })  # fmt: skip
    page = pages.page(number)
    return Response(
        {
            "data": represent(list(page.object_list)),
            "pagination": {
                "page": number,
                "page_size": query["page_size"],
                "total_items": pages.count,
                "total_pages": pages.num_pages,
                "next": _address(request, number + 1) if page.has_next() else None,
                "previous": _address(request, number - 1) if page.has_previous() else None,
            },
        }
    )


def _address(request: Request, number: int) -> str:
    return replace_query_param(request.build_absolute_uri(), "page", str(number))
