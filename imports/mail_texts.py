"""What a mail about an import says. Reads the row, decides nothing."""

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from exportsite.jobs.notices import Notice, make_message_id, one_line
from imports import summaries
from imports.models import ImportJob
from imports.states import Status

COMPLETED, FAILED = "completed", "failed"  # the names of templates too

Facts = list[tuple[str, str]]


def compose(job: ImportJob, recipient: str) -> Notice:
    """The mail about an import's end."""
    name = FAILED if job.status == Status.FAILED else COMPLETED
    subject = _subject(job)
    words = {
        "subject": subject,
        "title": one_line(summaries.title_of(job)),
        "facts": _facts(job),
        "reason": one_line(job.error_message) or _("It did not succeed."),
        "message": summaries.message_of(job),
        "url": _address_of(job),
        "why": _("You get this mail because you wanted to hear of this import."),
    }
    return Notice(
        recipient=recipient,
        subject=subject,
        text=render_to_string(f"imports/mail/{name}.txt", words),
        html=render_to_string(f"imports/mail/{name}.html", words),
        message_id=_message_id(job, name),
    )


def _message_id(job: ImportJob, name: str) -> str:
    """An import that is retried or mended has another end, and so another mail."""
    assert job.completed_at is not None  # noqa: S101  # it has ended
    return make_message_id(f"import.{job.pk.hex}.{name}.{job.completed_at:%Y%m%d%H%M%S}")


def _subject(job: ImportJob) -> str:
    title = one_line(summaries.title_of(job))
    if job.status == Status.FAILED:
        return _("Import failed: %s") % title
    if job.dry_run:
        return _("Checked: %s") % title
    if job.failed_rows:
        rows = summaries.rows_text(job.failed_rows)
        return _("Imported without %(rows)s: %(title)s") % {"rows": rows, "title": title}
    return _("Imported: %s") % title


def _facts(job: ImportJob) -> Facts:
    facts: Facts = [
        (_("File"), one_line(job.filename)),
        (_("Uploaded at"), date_format(localtime(job.created_at), "j M Y, H:i T")),
    ]
    if job.counted_rows is not None:
        facts.append((_("Rows"), str(intcomma(job.counted_rows))))
    if job.status == Status.COMPLETED:
        facts.append((_("Result"), summaries.counts_text(summaries.counts_of(job))))
    return facts


def _address_of(job: ImportJob) -> str:
    """The login is asked for there; the link itself gives nothing away."""
    try:
        path = reverse("admin:imports_importjob_watch", args=[job.pk])
    except NoReverseMatch:  # a project without our admin pages
        path = "/"
    return f"{settings.SITE_URL}{path}"
