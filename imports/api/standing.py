"""How imports stand, beyond their rows: whether somebody works on them or could."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from exportsite.jobs import presence
from exportsite.jobs.hints import worker_hint
from exportsite.jobs.presence import Presence
from imports import summaries
from imports.models import ImportJob
from imports.states import Status

WAITING = (Status.CHECKING, Status.QUEUED)  # for a worker, as long as none has claimed it


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What several imports at once need, so that a list costs as many queries as one import."""

    lanes: dict[str, Presence] = field(default_factory=dict)

    def is_worker_alive(self, job: ImportJob) -> bool:
        """Is the one who has it alive, or else anybody who could take it?"""
        if job.claimed_by:
            return job.lease_until is not None and job.lease_until > timezone.now()
        return self.lanes[job.lane].workers > 0

    def sentence(self, job: ImportJob) -> str:
        """How it stands, for a person; with what keeps it from going on."""
        said = summaries.message_of(job)
        if job.status not in WAITING or job.claimed_by:
            return said
        hint = worker_hint(self.lanes[job.lane].verdict, is_operator=False)
        return f"{said} {hint.text}" if hint else said


def look(jobs: Sequence[ImportJob]) -> Standing:
    lanes = {job.lane for job in jobs if not job.claimed_by}
    return Standing(lanes={lane: presence.look(lane) for lane in lanes})
