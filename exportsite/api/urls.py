"""Addresses that belong to no engine. `exportsite.urls` puts all of the API together."""

from django.urls import re_path

from exportsite.api import docs
from exportsite.api.routes import route
from exportsite.api.views import NotThere

urlpatterns = [
    route("schema", docs.schema, "schema"),
    route("docs", docs.page, "docs"),
    re_path("", NotThere.as_view(), name="not-there"),  # comes last
]
