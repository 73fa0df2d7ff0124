"""manage.py worker: the background jobs of this site."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from exportsite.jobs import once
from exportsite.jobs.models import Lane
from exportsite.jobs.roster import Duty
from exportsite.jobs.stopping import StopSignals
from exportsite.jobs.supervisor import Supervisor


class Command(BaseCommand):
    help = "Run background jobs until SIGTERM or Ctrl-C; running ones are handed back then."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--lane",
            action="append",
            choices=Lane.values,
            help="serve only this lane; may be given several times (default: all)",
        )
        parser.add_argument(
            "--processes",
            type=int,
            default=settings.WORKER_PROCESSES,
            help="how many jobs at once (default: WORKER_PROCESSES, %(default)s)",
        )
        parser.add_argument(
            "--once", action="store_true", help="work off what is due and end, for cron"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        stop = StopSignals()
        stop.listen()
        lanes = tuple(lane for lane in Lane.values if lane in (options["lane"] or Lane.values))
        if options["once"]:
            done = once.work_off(Duty(slots=1, lanes=lanes))
            self.stdout.write(f"{done} jobs run.")
            return
        duty = Duty(slots=max(1, options["processes"]), lanes=lanes)
        if code := Supervisor(duty, stop).run():
            raise SystemExit(code)
