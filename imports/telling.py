"""The importer hears how its import ended, so that what it keeps about the file is true."""

from imports import summaries
from imports.importers import Run
from imports.models import ImportJob
from imports.registry import UnknownImporter, find_importer


def run_of(job: ImportJob, user_id: int | None) -> Run:
    return Run(job_id=job.pk, user_id=user_id, filename=job.filename, options=dict(job.options))


def tell_importer(job: ImportJob) -> None:
    """Call it in the transaction of the end. An import that never wrote has nothing to tell.

    After a retry or mended rows it is told again, with the counts of then.
    """
    if not job.context:
        return
    try:
        importer = find_importer(job.importer)
    except UnknownImporter:
        return
    user_id = job.confirmed_by_id or job.created_by_id
    importer.finish(run_of(job, user_id), job.context, summaries.counts_of(job))
