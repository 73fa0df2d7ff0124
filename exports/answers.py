"""Exports that are answered without a worker: small ones whole, medium ones while they are made.

They are exports like any other, with row, log and file; only who runs them differs.
"""

import queue as queues
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from django.conf import settings

from exports.intake import Heed, ignore, request_here
from exports.models import Export, Mode
from exports.permissions import User
from exports.pipeline import run_export
from exports.plans import ExportRequest, make_plan
from exports.states import Status
from exportsite.jobs import runner
from exportsite.jobs.queue import start

PATIENCE = 1.0  # seconds for which a page waits for a file that is nearly there


def decide_mode(rows: int, *, in_background: bool | None = None) -> Mode:
    """Which way an export of so many rows takes; `in_background` is what the person wishes."""
    if in_background:
        return Mode.BACKGROUND
    if rows < settings.EXPORT_QUICK_ROWS:
        return Mode.IMMEDIATE
    return Mode.STREAM if rows <= settings.EXPORT_STREAM_ROWS else Mode.BACKGROUND


def answer_at_once(
    user: User, request: ExportRequest, *, is_limited: bool = True, on_birth: Heed = ignore
) -> Export:
    """Make the export now. It comes back finished, or, when something went wrong, waiting.

    Raises what `intake.request_export` raises.
    """
    plan = make_plan(user, request)
    export, claim = request_here(
        user, plan, request, Mode.IMMEDIATE, is_limited=is_limited, on_birth=on_birth
    )
    runner.run(claim)
    export.refresh_from_db()
    return export


def answer_streaming(
    user: User, request: ExportRequest, *, is_limited: bool = True, on_birth: Heed = ignore
) -> tuple[Export, Iterator[bytes]]:
    """Make the export in a thread; the pieces of its file as they are written.

    Whoever stops listening does not stop the export. When it breaks, the pieces end with
    BrokenPipeError, so that nobody takes half a file for a whole one.
    """
    plan = make_plan(user, request)
    export, claim = request_here(
        user, plan, request, Mode.STREAM, is_limited=is_limited, on_birth=on_birth
    )
    ear = Ear()
    step = replace(claim.step, run=partial(run_export, listen=ear.hear))
    start(replace(claim, step=step), then=ear.finish)
    return export, ear.pieces(export)


def answer_soon(user: User, request: ExportRequest, *, is_limited: bool = True) -> Export:
    """Make the export in a thread. It comes back finished, or as it is after a moment's wait.

    Raises what `intake.request_export` raises.
    """
    plan = make_plan(user, request)
    export, claim = request_here(user, plan, request, Mode.STREAM, is_limited=is_limited)
    start(claim).join(PATIENCE)
    export.refresh_from_db()
    return export


class Ear:
    """Takes the pieces of a file from the thread that writes it to the one that sends it.

    It holds what a slow reader has not taken yet; the rows of a streamed export are few enough.
    """

    def __init__(self) -> None:
        self._pieces: queues.SimpleQueue[bytes | None] = queues.SimpleQueue()

    def hear(self, piece: bytes) -> None:
        self._pieces.put(piece)

    def finish(self) -> None:
        self._pieces.put(None)

    def pieces(self, export: Export) -> Iterator[bytes]:
        while (piece := self._pieces.get()) is not None:
            yield piece
        export.refresh_from_db()
        if export.status != Status.COMPLETED:
            raise BrokenPipeError(f"export {export.pk} is {export.status}")
