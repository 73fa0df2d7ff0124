"""manage.py queue_status: does anybody work, and how much is there to do?"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from exportsite.jobs import backlog, presence
from exportsite.jobs.models import Lane
from exportsite.jobs.presence import Verdict

SENTENCES = {
    Verdict.NONE: "No worker is running.",
    Verdict.STUCK: "Workers are there, but they are stuck: they take no job.",
    Verdict.BUSY: "All workers are busy.",
    Verdict.READY: "A worker is free.",
}


class Command(BaseCommand):
    help = "Tell whether workers are there and what waits. Exit code 1: jobs wait, nobody works."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *_args: Any, **options: Any) -> None:
        lanes = {str(lane): _look(lane) for lane in Lane.values}
        if options["json"]:
            self.stdout.write(json.dumps(lanes, indent=2))
        else:
            for lane, facts in lanes.items():
                self.stdout.write(_tell(lane, facts))
        if any(facts["is_abandoned"] for facts in lanes.values()):
            raise SystemExit(1)


def _look(lane: str) -> dict[str, Any]:
    seen, jobs = presence.look(lane), backlog.count(lane)
    return {
        "verdict": str(seen.verdict),
        "workers": seen.workers,
        "slots": seen.slots,
        "waiting": jobs.waiting,
        "running": jobs.running,
        "oldest_seconds": round(jobs.oldest_seconds),
        "is_abandoned": bool(jobs.waiting) and seen.verdict in (Verdict.NONE, Verdict.STUCK),
    }


def _tell(lane: str, facts: dict[str, Any]) -> str:
    oldest = f" (the oldest for {facts['oldest_seconds']} s)" if facts["waiting"] else ""
    return (
        f"Lane {lane}: {SENTENCES[Verdict(facts['verdict'])]} "
        f"Workers: {facts['workers']}, slots: {facts['slots']}. "
        f"Jobs waiting: {facts['waiting']}{oldest}, running: {facts['running']}."
    )
