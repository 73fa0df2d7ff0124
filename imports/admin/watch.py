"""One import: its page, the fragment that keeps it fresh, its report, and what people wish."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from exportsite.jobs import fragments, story
from imports import intake, report, summaries, wishes
from imports.admin import findings, presentation, standing
from imports.admin.access import find_import
from imports.admin.answers import wants_json
from imports.errors import InvalidRequest, NotAllowed, WrongState
from imports.models import ImportJob
from imports.permissions import User


def urls(site: AdminSite) -> list[URLPattern]:
    """Everything below `<uuid>/` that is about an import as a whole."""
    plain: tuple[tuple[str, Callable[..., Any]], ...] = (
        ("fragment", fragment),
        ("report", download_report),
        ("retry", retry),
        ("good_rows", good_rows),
        ("cancel", cancel),
        ("delete", delete),
        ("mended", mended),
    )
    wrap, known = site.admin_view, {"site": site}
    return [
        path("<uuid:pk>/", wrap(page), known, name="imports_importjob_watch"),
        *(
            path(f"<uuid:pk>/{name}/", wrap(view), name=f"imports_importjob_{name}")
            for name, view in plain
        ),
    ]


@require_safe
def page(request: HttpRequest, pk: UUID, site: AdminSite) -> HttpResponse:
    job = find_import(request, pk)
    if presentation.page_of(job) != "watch":
        return redirect(presentation.address(job))
    context = {**site.each_context(request), **describe(request, job)}
    return TemplateResponse(request, "imports/watch/page.html", context)


@require_safe
def fragment(request: HttpRequest, pk: UUID) -> HttpResponse:
    context = describe(request, find_import(request, pk))
    return fragments.answer(request, render_to_string("imports/watch/body.html", context, request))


def describe(request: HttpRequest, job: ImportJob) -> dict[str, Any]:
    """What every page of one import shows."""
    logs = story.logs_of(job)
    is_operator = bool(request.user.is_superuser)
    is_elsewhere = presentation.page_of(job) != "watch"
    return {
        "job": job,
        "title": presentation.title_of(job),
        "what": presentation.importer_label(job.importer),
        "tab": presentation.tab(job),
        "badge": presentation.badge_of(job),
        "is_stopping": presentation.is_stopping(job),
        "is_operator": is_operator,
        "progress": standing.progress_of(job, logs),
        "hints": standing.hints_for(job, is_operator=is_operator),
        "message": summaries.message_of(job),
        "advice": standing.advice_for(job),
        "moments": story.timeline(
            logs, self_explaining=standing.SELF_EXPLAINING, beginnings=standing.BEGINNINGS
        ),
        "tiles": findings.tiles_of(findings.counts_shown(job)),
        "kinds": findings.kinds_of(job),
        "go": presentation.address(job) if is_elsewhere else "",
        "may_mend": wishes.can_be_mended(job),
        "may_leave_out": wishes.can_leave_rows_out(job),
        "may_map": intake.can_be_changed(job),
        "mended": summaries.mended(job.mended_result) if job.mended_result else "",
        "mended_faults": job.mended_result.get("sentences", []),
    }


@require_safe
def download_report(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The failed rows as CSV or XLSX."""
    job = find_import(request, pk)
    try:
        made = report.make_report(request.user, job, request.GET.get("format", report.CSV))
    except (NotAllowed, InvalidRequest, WrongState) as error:
        messages.warning(request, str(error))
        return redirect(presentation.address(job))
    answer = FileResponse(
        made.stream, as_attachment=True, filename=made.name, content_type=made.content_type
    )
    answer["Content-Length"] = made.size
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_POST
def retry(request: HttpRequest, pk: UUID) -> HttpResponse:
    said = _("It waits for a worker again.")
    return _wish(request, find_import(request, pk), wishes.retry_import, said)


@require_POST
def good_rows(request: HttpRequest, pk: UUID) -> HttpResponse:
    said = _("It waits for a worker again; the bad rows are left out.")
    return _wish(request, find_import(request, pk), wishes.import_good_rows, said)


@require_POST
def cancel(request: HttpRequest, pk: UUID) -> HttpResponse:
    job = find_import(request, pk)
    said = _("It stops in a moment.") if job.claimed_by else _("The import is cancelled.")
    return _wish(request, job, wishes.cancel_import, said)


@require_POST
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Delete the import with its file and findings. What it wrote stays."""
    job = find_import(request, pk)
    try:
        wishes.delete_import(request.user, job)
    except WrongState as error:
        messages.warning(request, str(error))
        return redirect(presentation.address(job))
    messages.success(request, _("The import is deleted. The records that it wrote stay."))
    return redirect("admin:imports_importjob_changelist")


@require_POST
def mended(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a mended file of failed rows; only those rows are run."""
    job = find_import(request, pk)
    file = request.FILES.get("file")
    try:
        if file is None:
            raise InvalidRequest({"file": [_("Choose the mended file first.")]})
        wishes.receive_mended(request.user, job, file.name or "", file)
    except (NotAllowed, InvalidRequest, WrongState) as error:
        if wants_json(request):
            return JsonResponse({"errors": [str(error)]}, status=400)
        messages.error(request, str(error))
        return redirect(presentation.address(job))
    address = reverse("admin:imports_importjob_watch", args=[job.pk])
    return JsonResponse({"url": address}) if wants_json(request) else redirect(address)


def _wish(
    request: HttpRequest, job: ImportJob, act: Callable[[User, ImportJob], object], said: str
) -> HttpResponse:
    try:
        act(request.user, job)
    except (WrongState, NotAllowed, InvalidRequest) as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, said)
    job.refresh_from_db()
    return redirect(presentation.address(job))
