"""The admin site: branding, and what of django-q2 may be seen in it."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

QUEUE_APP = "django_q"
# Pickled, so that reading one from a tampered database would run code; or of no use to people.
HIDDEN_FIELDS = {"args", "kwargs", "result", "payload"}


class QueueAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Tables of django-q2: superusers may read them, nobody changes them.

    Its own pages would let staff schedule any dotted path, which is to run any code.
    """

    actions = None
    list_display_links = None

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Any]":
        names = {field.name for field in self.opts.concrete_fields}
        return super().get_queryset(request).defer(*(names & HIDDEN_FIELDS))

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return self.get_fields(request)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return [f.name for f in self.opts.concrete_fields if f.name not in HIDDEN_FIELDS]


class Site(admin.AdminSite):
    site_header = _("Data door")
    site_title = _("Data door")
    index_title = _("Home")
    site_url = None  # the front page leads here

    def register(
        self,
        model_or_iterable: Any,
        admin_class: Any = None,
        **options: Any,
    ) -> None:
        """As Django's, but django-q2's tables get `QueueAdmin` whatever they ask for.

        Replacing them afterwards would depend on the order in which apps are loaded.
        """
        several = isinstance(model_or_iterable, Iterable) and not isinstance(
            model_or_iterable, type
        )
        for model in model_or_iterable if several else [model_or_iterable]:
            is_queue = model._meta.app_label == QUEUE_APP
            super().register(model, QueueAdmin if is_queue else admin_class, **options)
