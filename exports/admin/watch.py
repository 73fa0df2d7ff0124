"""One export: its page, the fragment that keeps it fresh, and the wishes sent from it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from exports import intake
from exports.admin import hints, presentation, standing
from exports.admin.access import find_export
from exports.admin.again import again_url
from exports.admin.download import download
from exports.errors import WrongState
from exports.formats import FORMATS
from exports.models import Export
from exports.permissions import refuse_download
from exports.states import Status
from exportsite.jobs import fragments, story


def urls(site: AdminSite) -> list[URLPattern]:
    """Everything below `<uuid>/`."""
    plain: tuple[tuple[str, Callable[..., Any]], ...] = (
        ("fragment", fragment),
        ("retry", retry),
        ("cancel", cancel),
        ("delete", delete),
    )
    wrap, known = site.admin_view, {"site": site}
    return [
        path("<uuid:pk>/", wrap(page), known, name="exports_export_watch"),
        path("<uuid:pk>/download/", wrap(download), known, name="exports_export_download"),
        *(
            path(f"<uuid:pk>/{name}/", wrap(view), name=f"exports_export_{name}")
            for name, view in plain
        ),
    ]


@require_safe
def page(request: HttpRequest, pk: UUID, site: AdminSite) -> HttpResponse:
    context = {**site.each_context(request), **describe(request, find_export(request, pk))}
    return TemplateResponse(request, "exports/watch/page.html", context)


@require_safe
def fragment(request: HttpRequest, pk: UUID) -> HttpResponse:
    context = describe(request, find_export(request, pk))
    return fragments.answer(request, render_to_string("exports/watch/body.html", context))


def describe(request: HttpRequest, export: Export) -> dict[str, Any]:
    """What the page and its fragment show."""
    is_operator = bool(request.user.is_superuser)
    logs = story.logs_of(export)
    what = presentation.resource_label(export.resource)
    return {
        "export": export,
        "Status": Status,
        "what": what,
        "into": _format_of(export),
        "asked_for": _asked_for(export, what),
        "parts": _parts(export),
        "tab": _tab(export, what),
        "badge": presentation.badge_of(export.status, is_stopping=_is_stopping(export)),
        "is_stopping": _is_stopping(export),
        "is_operator": is_operator,
        "progress": standing.progress_of(export, logs),
        "hints": hints.hints_for(export, is_operator=is_operator),
        "seconds": standing.seconds_taken(export, logs),
        "notes": standing.notes_of(export),
        "advice": standing.advice_for(export),
        "ended": standing.ended(logs),
        "moments": story.timeline(logs, self_explaining=standing.SELF_EXPLAINING),
        "refusal": refuse_download(request.user, export),
        "again": again_url(request.user, export),
    }


def _parts(export: Export) -> list[str]:
    """What the file holds, when a person has put several things into it."""
    names = [part["resource"] for part in export.parts or export.also]
    if export.also:
        names.insert(0, export.resource)
    return [presentation.resource_label(name) for name in names]


def _asked_for(export: Export, what: str) -> str:
    if export.parts:
        return export.title
    if not export.filters and export.row_limit is None and export.title.startswith(f"{what}: "):
        return _("All rows.")
    return export.title.removeprefix(f"{what}: ")


def _is_stopping(export: Export) -> bool:
    return export.status == Status.PROCESSING and export.cancel_requested_at is not None


def _format_of(export: Export) -> str:
    known = FORMATS.get(export.format)
    return known.label if known else presentation.format_label(export.format)


def _tab(export: Export, what: str) -> str:
    """What the browser's tab says: "62 % · Tickets"."""
    if export.status == Status.PROCESSING:
        return f"{presentation.percent(int(export.progress), 0)} · {what}"
    return f"{export.get_status_display()} · {what}"


@require_POST
def retry(request: HttpRequest, pk: UUID) -> HttpResponseRedirect:
    said = _("It waits for a worker again.")
    return _wish(request, find_export(request, pk), intake.retry_export, said)


@require_POST
def cancel(request: HttpRequest, pk: UUID) -> HttpResponseRedirect:
    export = find_export(request, pk)
    was_waiting = export.status == Status.PENDING
    said = _("Cancelled before it began.") if was_waiting else _("It stops in a moment.")
    return _wish(request, export, intake.cancel_export, said)


@require_POST
def delete(request: HttpRequest, pk: UUID) -> HttpResponseRedirect:
    """Delete the file. The row and its story stay."""
    said = _("The file is deleted. What happened stays written below.")
    return _wish(request, find_export(request, pk), intake.delete_file, said)


def _wish(
    request: HttpRequest,
    export: Export,
    act: Callable[[Any, Export], object],
    said: str,
) -> HttpResponseRedirect:
    try:
        act(request.user, export)
    except WrongState as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, said)
    return redirect("admin:exports_export_watch", export.pk)
