"""The list of exports in Django's admin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy

from exports import permissions
from exports.admin import bulk, create, presentation, watch
from exports.admin.access import find_export
from exports.models import Export
from exportsite.jobs.listing import AskedFilter, JobAdmin, OfferedFilter


class ResourceFilter(OfferedFilter):
    title = gettext_lazy("data")
    parameter_name = "resource"
    visible_to = staticmethod(permissions.visible_to)
    label_of = staticmethod(presentation.resource_label)


class FormatFilter(OfferedFilter):
    title = gettext_lazy("format")
    parameter_name = "format"
    visible_to = staticmethod(permissions.visible_to)
    label_of = staticmethod(presentation.format_label)


@admin.register(Export)
class ExportAdmin(JobAdmin):
    heading = gettext_lazy("Exports")
    fragment_template = "exports/list/fragment.html"
    change_list_template = "exports/list/page.html"
    list_display = ("status", "title", "exported_rows", "created_at", "button")
    list_filter = ("status", ResourceFilter, FormatFilter, ("created_at", AskedFilter))
    list_select_related = ("created_by",)
    search_fields = (
        "title",
        "^id",
        "created_by__username",
        "created_by__first_name",
        "created_by__last_name",
    )
    search_help_text = gettext_lazy("Title, id, or who asked for it.")
    actions = (bulk.retry_chosen, bulk.cancel_chosen, bulk.delete_chosen_files)

    # -- Who may -------------------------------------------------------------------------------
    def may_look(self, request: HttpRequest) -> bool:
        return permissions.may_look(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return permissions.may_export_anything(request.user)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[Export]":
        order = self.get_ordering(request)
        visible = permissions.visible_to(request.user)
        return visible.order_by(*order) if order else visible

    # -- Addresses -----------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        """All of our own: Django's pages to add, change and delete rows do not exist here."""
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(self.changelist_view), name="exports_export_changelist"),
            path("add/", wrap(self.go_create), name="exports_export_add"),
            path("rows/", wrap(self.rows_view), name="exports_export_rows"),
            *create.urls(self.admin_site),
            *watch.urls(self.admin_site),
            path("<uuid:pk>/change/", wrap(self.go_watch), name="exports_export_change"),
            path("<uuid:pk>/history/", wrap(self.go_watch), name="exports_export_history"),
        ]

    def go_create(self, request: HttpRequest) -> HttpResponseRedirect:
        return redirect("admin:exports_export_new")

    def go_watch(self, request: HttpRequest, pk: Any) -> HttpResponseRedirect:
        return redirect("admin:exports_export_watch", find_export(request, pk).pk)
