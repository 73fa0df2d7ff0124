"""The list of one kind of job in Django's admin. Rows are history: nobody edits or deletes them."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from exportsite.jobs import fragments


class OfferedFilter(admin.SimpleListFilter):
    """Offers the values that the jobs have which a person may see."""

    parameter_name: str
    visible_to: Callable[[Any], "QuerySet[Any]"]
    label_of: Callable[[str], str] = str

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        name = self.parameter_name
        jobs = type(self).visible_to(request.user).order_by().exclude(**{name: ""})
        values = jobs.values_list(name, flat=True).distinct()
        labels = {value: type(self).label_of(value) for value in values}
        return sorted(labels.items(), key=lambda item: item[1])

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        value = self.value()
        return queryset.filter(**{self.parameter_name: value}) if value else queryset


class AskedFilter(admin.DateFieldListFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("date")


class JobAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A list that refreshes its rows in place. Subclasses say who may look, and add addresses."""

    list_per_page = 50
    heading: str | Promise
    fragment_template: str  # of the rows alone

    @admin.display(description="")
    def button(self, job: Model) -> str:
        """The column of the main button; the template of the rows fills it."""
        return ""

    def may_look(self, request: HttpRequest) -> bool:
        raise NotImplementedError

    def is_moving(self, job: Any) -> bool:
        """Whether its row may change by itself soon."""
        return not job.is_finished

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may_look(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.may_look(request)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        rows_url = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_rows")
        query = request.GET.urlencode()
        context = {
            "title": self.heading,
            "subtitle": None,
            "rows_url": f"{rows_url}?{query}" if query else rows_url,
            **(extra_context or {}),
        }
        response = super().changelist_view(request, context)
        if (found := getattr(response, "context_data", None)) and "cl" in found:
            found.update(self._describe(found["cl"]))
        return response

    def rows_view(self, request: HttpRequest) -> HttpResponse:
        """The rows of the list alone, for the page that refreshes itself."""
        return _answer_rows(request, self)

    def _describe(self, changelist: Any) -> dict[str, Any]:
        shown = changelist.result_list
        is_narrowed = changelist.query or changelist.has_active_filters or changelist.page_num > 1
        return {
            "is_moving": any(self.is_moving(job) for job in shown),
            "is_new_here": not (shown or is_narrowed),
        }


@require_safe
def _answer_rows(request: HttpRequest, model_admin: JobAdmin) -> HttpResponse:
    if not model_admin.may_look(request):
        raise PermissionDenied
    try:
        changelist = model_admin.get_changelist_instance(request)
    except (IncorrectLookupParameters, ValidationError):
        return HttpResponse(_("This list cannot be filtered so."), status=400)
    context = {"cl": changelist, **model_admin._describe(changelist)}
    return fragments.answer(
        request, render_to_string(model_admin.fragment_template, context, request)
    )
