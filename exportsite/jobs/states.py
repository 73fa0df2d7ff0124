"""Job states: tables of allowed moves, and the one conditional UPDATE that makes a move."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

if TYPE_CHECKING:
    from exportsite.jobs.lease import Fence
    from exportsite.jobs.models import Job

BORN = ""  # the source of a job's first status


@dataclass(frozen=True, kw_only=True)
class Edge:
    """One allowed move. Without an edge there is no move."""

    source: str
    target: str
    actor: str  # who makes it: "user", "worker", "reaper", "retention"
    sentence: str  # what it means, for people; docs/states.md prints it


class IllegalMove(Exception):
    """The table has no edge between these two statuses."""

    def __init__(self, source: str, target: str) -> None:
        super().__init__(f"A job cannot go from “{source}” to “{target}”.")
        self.source = source
        self.target = target


class LostRace(Exception):
    """Somebody else moved the job first, or it is no longer ours to move."""


class Transitions:
    """The edges of one kind of job."""

    def __init__(self, *edges: Edge) -> None:
        self._edges = {(edge.source, edge.target): edge for edge in edges}

    def __iter__(self) -> Iterator[Edge]:
        return iter(self._edges.values())

    def allows(self, source: str, target: str) -> bool:
        return (source, target) in self._edges

    def sources_of(self, target: str) -> list[str]:
        return [edge.source for edge in self if edge.target == target]

    def is_final(self, status: str) -> bool:
        return not any(edge.source == status for edge in self)


def move(
    job: "Job",
    target: str,
    *,
    source: str | None = None,
    fence: "Fence | None" = None,
    **changes: object,
) -> None:
    """Take one edge of the job's table in one conditional UPDATE.

    The edge begins at `source`, or else at the status that `job` was read with. With a `fence`
    only the holder of that lease succeeds. `changes` are further columns of the same UPDATE.
    Raises IllegalMove when there is no such edge and LostRace when the row has moved on; `job`
    carries the new values only on success.
    """
    source = job.status if source is None else source
    if not job.transitions.allows(source, target):
        raise IllegalMove(source, target)
    rows = type(job)._base_manager.filter(pk=job.pk, status=source)
    if fence is not None:
        rows = rows.filter(claimed_by=fence.claimed_by, attempts=fence.attempt)
    with transaction.atomic():  # what is read back is what was written, not a later move
        if not rows.update(status=target, **changes):
            raise LostRace(f"{job.pk} is no longer {source}")
        job.refresh_from_db(fields=["status", *changes])
