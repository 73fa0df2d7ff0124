"""The list of exports in Django's admin. Rows are history: nobody adds, edits or deletes them."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from exports import permissions
from exports.admin import bulk, create, fragments, presentation, watch
from exports.admin.access import find_export
from exports.models import Export
from exports.permissions import may_look
from exports.states import Status


class _ValueFilter(admin.SimpleListFilter):
    """Offers the values that the visible exports have."""

    parameter_name: str

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        values = permissions.visible_to(request.user).order_by()
        names = values.values_list(self.parameter_name, flat=True).distinct()
        return sorted(((name, self.label_of(name)) for name in names), key=lambda item: item[1])

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        value = self.value()
        return queryset.filter(**{str(self.parameter_name): value}) if value else queryset

    @staticmethod
    def label_of(name: str) -> str:
        return name


class ResourceFilter(_ValueFilter):
    title = gettext_lazy("data")
    parameter_name = "resource"
    label_of = staticmethod(presentation.resource_label)


class FormatFilter(_ValueFilter):
    title = gettext_lazy("format")
    parameter_name = "format"
    label_of = staticmethod(presentation.format_label)


class AskedFilter(admin.DateFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("date")


@admin.register(Export)
class ExportAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("status", "title", "exported_rows", "created_at", "button")
    list_filter = ("status", ResourceFilter, FormatFilter, ("created_at", AskedFilter))
    list_select_related = ("created_by",)
    list_per_page = 50
    search_fields = (
        "title",
        "^id",
        "created_by__username",
        "created_by__first_name",
        "created_by__last_name",
    )
    search_help_text = gettext_lazy("Title, id, or who asked for it.")
    actions = (bulk.retry_chosen, bulk.cancel_chosen, bulk.delete_chosen_files)
    change_list_template = "exports/list/page.html"

    @admin.display(description="")
    def button(self, export: Export) -> str:
        """The column of the main button; rows.html fills it."""
        return ""

    # -- Who may -------------------------------------------------------------------------------
    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_look(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Export | None = None) -> bool:
        return may_look(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return permissions.may_export_anything(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Export | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Export | None = None) -> bool:
        return False

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

    # -- The list ------------------------------------------------------------------------------
    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        rows_url = reverse("admin:exports_export_rows")
        query = request.GET.urlencode()
        context = {
            "title": _("Exports"),
            "subtitle": None,
            "rows_url": f"{rows_url}?{query}" if query else rows_url,
            **(extra_context or {}),
        }
        response = super().changelist_view(request, context)
        if (found := getattr(response, "context_data", None)) and "cl" in found:
            found.update(_describe(found["cl"]))
        return response

    def rows_view(self, request: HttpRequest) -> HttpResponse:
        """The rows of the list alone, for the page that refreshes itself."""
        return _answer_rows(request, self)


@require_safe
def _answer_rows(request: HttpRequest, model_admin: ExportAdmin) -> HttpResponse:
    if not may_look(request.user):
        raise PermissionDenied
    try:
        changelist = model_admin.get_changelist_instance(request)
    except (IncorrectLookupParameters, ValidationError):
        return HttpResponse(_("This list cannot be filtered so."), status=400)
    html = render_to_string(
        "exports/list/fragment.html", {"cl": changelist, **_describe(changelist)}, request
    )
    return fragments.answer(request, html)


def _describe(changelist: Any) -> dict[str, Any]:
    shown: Sequence[Export] = changelist.result_list
    return {
        "exports": shown,
        "is_moving": any(not export.is_finished for export in shown),
        "is_new_here": not (
            shown or changelist.query or changelist.has_active_filters or changelist.page_num > 1
        ),
        "Status": Status,
    }
