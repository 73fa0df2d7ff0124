"""What happened to a job, as its page tells it: one moment for each row of its log."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MOST_LOGS = 100
TONES = {"completed": "good", "failed": "bad", "progress": "quiet"}


@dataclass(frozen=True, kw_only=True)
class Moment:
    """One entry of the timeline."""

    log: Any  # a row of the job's own kind of log
    tone: str
    text: str
    word: str = ""


def logs_of(job: Any) -> list[Any]:
    """The story, oldest first; of a very long one the end."""
    newest = job.logs.select_related("actor").order_by("-created_at", "-pk")[:MOST_LOGS]
    return list(reversed(newest))


def timeline(
    logs: Sequence[Any],
    *,
    self_explaining: Collection[str],
    beginnings: Mapping[Any, object] | None = None,
) -> list[Moment]:
    """Before the message stands the event's word, unless such a message says all.

    `beginnings` has other words for events whose own are too long before a message.
    """
    words = beginnings or {}
    return [
        Moment(
            log=log,
            tone=TONES.get(log.event, ""),
            text=log.message,
            word="" if log.event in self_explaining and log.message else _word(log, words),
        )
        for log in logs
    ]


def _word(log: Any, words: Mapping[Any, object]) -> str:
    word = str(words.get(log.event) or log.get_event_display())
    return word[:1].upper() + word[1:]
