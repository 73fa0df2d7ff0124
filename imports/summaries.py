"""An import in words that an admin reads: what it did, what it would do, what it waits for."""

from collections.abc import Mapping

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from imports.importers import label_of
from imports.models import Action, ImportJob
from imports.registry import UnknownImporter, find_importer
from imports.states import Status

# Action -> the column of the job that counts it.
COUNTED = {
    Action.CREATE: "created_rows",
    Action.UPDATE: "updated_rows",
    Action.UNCHANGED: "unchanged_rows",
    Action.SKIP: "skipped_rows",
    Action.FAIL: "failed_rows",
}
DONE = {
    Action.CREATE: gettext_lazy("%(rows)s new"),
    Action.UPDATE: gettext_lazy("%(rows)s changed"),
    Action.UNCHANGED: gettext_lazy("%(rows)s unchanged"),
    Action.SKIP: gettext_lazy("%(rows)s skipped"),
    Action.FAIL: gettext_lazy("%(rows)s failed"),
}


def counts_of(job: ImportJob) -> dict[str, int]:
    """Rows by action."""
    return {str(action): getattr(job, column) for action, column in COUNTED.items()}


def counts_text(counts: Mapping[str, int]) -> str:
    """ "5 new, 2 failed"; "no rows" when there are none."""
    parts = [
        str(DONE[Action(action)]) % {"rows": intcomma(counts[action])}
        for action in map(str, DONE)
        if counts.get(action)
    ]
    return ", ".join(parts) or _("no rows")


def rows_text(rows: int) -> str:
    return ngettext("%(rows)s row", "%(rows)s rows", rows) % {"rows": intcomma(rows)}


def label_for(job: ImportJob) -> str:
    """What it imports: "Tickets"; the bare name when that importer is no longer there."""
    try:
        return label_of(find_importer(job.importer))
    except UnknownImporter:
        return job.importer


def title_of(job: ImportJob) -> str:
    """What lists and mails call the import."""
    what = label_for(job)
    return f"{what}: {job.filename}" if what else job.filename


def received(job: ImportJob) -> str:
    return _("%(file)s, %(size)s.") % {"file": job.filename, "size": filesizeformat(job.file_size)}


def checked(counts: Mapping[str, int]) -> str:
    """What the check has found."""
    return _("It would be: %(counts)s.") % {"counts": counts_text(counts)}


def applied(job: ImportJob) -> str:
    return _("%(rows)s: %(counts)s.") % {
        "rows": rows_text(job.processed_rows),
        "counts": counts_text(counts_of(job)),
    }


def mended(result: Mapping[str, int]) -> str:
    """What became of mended rows; the keys are those of `ImportJob.mended_result`."""
    sentence = _("Of %(rows)s in the mended file, %(good)s went in and %(bad)s stayed bad.") % {
        "rows": rows_text(result["rows"]),
        "good": intcomma(result["mended"]),
        "bad": intcomma(result["failed"]),
    }
    if not result["refused"]:
        return sentence
    left_out = _("%(rows)s of the file are no failed rows of this import and were left out.")
    return f"{sentence} {left_out % {'rows': intcomma(result['refused'])}}"


def stopped(job: ImportJob) -> str:
    """How many rows are in when an import stops half way."""
    written = job.created_rows + job.updated_rows
    if not written:
        return _("Nothing was written.")
    return _("%(done)s of %(total)s had been dealt with; they stay: %(counts)s.") % {
        "done": intcomma(job.processed_rows),
        "total": rows_text(job.total_rows or job.processed_rows),
        "counts": counts_text(counts_of(job)),
    }


def same_file(job: ImportJob) -> str:
    """That this very file was imported before; "" if it was not."""
    earlier = job.same_as
    if earlier is None:
        return ""
    ended = earlier.completed_at or earlier.created_at
    words = {"day": date_format(localtime(ended), "j M Y, H:i"), "who": earlier.created_by or "–"}
    return (
        _("This very file was imported on %(day)s by %(who)s. Import it again only if you mean to.")
        % words
    )


def message_of(job: ImportJob) -> str:
    """How the import stands, in a sentence or two."""
    if job.status == Status.FAILED:
        return job.error_message
    if job.status == Status.CANCELLED:
        return stopped(job) if job.queued_at else _("Nothing was written.")
    sentences = {
        Status.UPLOADED: lambda: _("Say which column fills which field."),
        Status.CHECKING: lambda: _("The file is being checked. Nothing is written."),
        Status.READY: lambda: _ready(job),
        Status.QUEUED: lambda: _("It waits for a worker."),
        Status.PROCESSING: lambda: _("The rows are being written."),
        Status.COMPLETED: lambda: _completed(job),
    }
    return sentences[Status(job.status)]()


def _ready(job: ImportJob) -> str:
    parts = [checked(job.check_counts), same_file(job), _("Confirm to import it.")]
    return " ".join(filter(None, parts))


def _completed(job: ImportJob) -> str:
    if job.dry_run:
        return f"{checked(counts_of(job))} {_('Nothing was written.')}"
    if job.failed_rows:
        return f"{applied(job)} {_('Download the failed rows, mend them and drop the file here.')}"
    return applied(job)


def kept_for() -> str:
    days = settings.IMPORT_CLEANUP_DAYS
    return ngettext("%d day", "%d days", days) % days
