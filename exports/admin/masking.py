"""Lists and forms of models that have sensitive fields, for people who may not export those."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models.options import Options
from django.http import HttpRequest

from exports.permissions import may_export_sensitive
from exports.sensitive import is_sensitive_path, mask, sensitive_names

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = object


class MaskedFieldsMixin(Base):
    """Put it before ModelAdmin. Which fields it masks is said by the export resources' columns.

    Without the permission to export sensitive columns they are shown masked, cannot be changed,
    and nothing filters, sorts or searches by them, so that no list tells what they hold. Who
    adds a row fills them in as everybody does.
    """

    def get_list_display(self, request: HttpRequest) -> Any:
        return self._shown(request, super().get_list_display(request))

    def get_list_filter(self, request: HttpRequest) -> Any:
        return self._open(request, super().get_list_filter(request))

    def get_search_fields(self, request: HttpRequest) -> Any:
        return self._open(request, super().get_search_fields(request))

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        if self._is_closed(request) and is_sensitive_path(self.model, lookup):
            return False
        return super().lookup_allowed(lookup, value, request)

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        usual = super().get_exclude(request, obj)
        hidden = self._hidden(request, obj)
        return [*(usual or ()), *hidden] if hidden else usual

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        usual = super().get_readonly_fields(request, obj)
        hidden = self._hidden(request, obj)
        own = [name for name in usual if name not in hidden]
        return [*own, *(masked(self.opts, name) for name in hidden)]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets: Any = super().get_fieldsets(request, obj)
        if not self._hidden(request, obj):
            return fieldsets
        return [
            (title, {**options, "fields": self._shown(request, options["fields"])})
            for title, options in fieldsets
        ]

    def _is_closed(self, request: HttpRequest) -> bool:
        return not may_export_sensitive(request.user)

    def _hidden(self, request: HttpRequest, obj: Any) -> list[str]:
        """The fields that this person sees masked on the page of this row."""
        return sensitive_names(self.model) if obj is not None and self._is_closed(request) else []

    def _shown(self, request: HttpRequest, fields: Sequence[Any]) -> list[Any]:
        """The fields, sensitive ones masked; a line of several fields may be among them."""
        hidden = sensitive_names(self.model) if self._is_closed(request) else []
        return [
            tuple(self._shown(request, field))
            if isinstance(field, list | tuple)
            else masked(self.opts, field)
            if field in hidden
            else field
            for field in fields
        ]

    def _open(self, request: HttpRequest, entries: Sequence[Any]) -> Sequence[Any]:
        """Entries of list_filter or search_fields that lead to nothing sensitive."""
        if not self._is_closed(request):
            return entries
        paths = [(entry[0] if isinstance(entry, list | tuple) else entry) for entry in entries]
        return [
            entry
            for entry, path in zip(entries, paths, strict=True)
            if not (isinstance(path, str) and is_sensitive_path(self.model, path))
        ]


@cache  # Django finds a readonly field on a form by its identity
def masked(opts: "Options[Any]", name: str) -> Callable[[Any], str | None]:
    """A column of a list, or a line of a form, that shows the field's values masked."""
    (field,) = (one for one in opts.concrete_fields if one.name == name)

    @admin.display(description=field.verbose_name)
    def show(row: Any) -> str | None:
        return mask(getattr(row, name)) or None

    show.__name__ = name
    return show
