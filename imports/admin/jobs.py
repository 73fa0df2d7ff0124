"""The list of imports in Django's admin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy

from exportsite.jobs.listing import AskedFilter, JobAdmin, OfferedFilter
from imports import permissions
from imports.admin import bulk, check, map, presentation, upload, watch
from imports.admin.access import find_import
from imports.models import ImportJob


class ImporterFilter(OfferedFilter):
    title = gettext_lazy("data")
    parameter_name = "importer"
    visible_to = staticmethod(permissions.visible_to)
    label_of = staticmethod(presentation.importer_label)


@admin.register(ImportJob)
class ImportJobAdmin(JobAdmin):
    heading = gettext_lazy("Imports")
    fragment_template = "imports/list/fragment.html"
    change_list_template = "imports/list/page.html"
    list_display = ("status", "filename", "processed_rows", "created_at", "button")
    list_filter = ("status", ImporterFilter, ("created_at", AskedFilter))
    search_fields = (
        "filename",
        "notes",
        "importer",
        "^id",
        "created_by__username",
        "created_by__first_name",
        "created_by__last_name",
    )
    search_help_text = gettext_lazy("File, notes, id, or who uploaded it.")
    actions = (bulk.retry_chosen, bulk.cancel_chosen, bulk.delete_chosen)

    # -- Who may -------------------------------------------------------------------------------
    def may_look(self, request: HttpRequest) -> bool:
        return permissions.may_look(request.user)

    def is_moving(self, job: ImportJob) -> bool:
        return presentation.is_moving(job)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return permissions.may_import_anything(request.user)

    def get_queryset(self, request: HttpRequest) -> "QuerySet[ImportJob]":
        order = self.get_ordering(request)
        visible = permissions.visible_to(request.user).select_related("created_by")
        shown = visible.defer("samples", "guesses", "values", "mapping", "error_details")
        return shown.order_by(*order) if order else shown

    # -- Addresses -----------------------------------------------------------------------------
    def get_urls(self) -> list[URLPattern]:
        """All of our own: Django's pages to add, change and delete rows do not exist here."""
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(self.changelist_view), name="imports_importjob_changelist"),
            path("add/", wrap(self.go_upload), name="imports_importjob_add"),
            path("rows/", wrap(self.rows_view), name="imports_importjob_rows"),
            *upload.urls(self.admin_site),
            *map.urls(self.admin_site),
            *check.urls(self.admin_site),
            *watch.urls(self.admin_site),
            path("<uuid:pk>/change/", wrap(self.go_watch), name="imports_importjob_change"),
            path("<uuid:pk>/history/", wrap(self.go_watch), name="imports_importjob_history"),
        ]

    def go_upload(self, request: HttpRequest) -> HttpResponseRedirect:
        return redirect("admin:imports_importjob_upload")

    def go_watch(self, request: HttpRequest, pk: Any) -> HttpResponseRedirect:
        return redirect(presentation.address(find_import(request, pk)))
