from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from exports import retention

LEAST_DAYS = 7


class Command(BaseCommand):
    help = "Deletes the files of exports older than so many days. The exports stay as expired."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--days",
            type=int,
            default=settings.EXPORT_CLEANUP_DAYS,
            help=f"age in days, at least {LEAST_DAYS} (default: EXPORT_CLEANUP_DAYS, %(default)s)",
        )

    def handle(self, *args: Any, days: int, **options: Any) -> None:
        if days < LEAST_DAYS:
            raise CommandError(f"Files are kept for at least {LEAST_DAYS} days.")
        freed = retention.expire_older_than(days)
        left_over = retention.sweep()
        noun = "export" if freed.expired == 1 else "exports"
        self.stdout.write(
            f"{freed.expired} {noun} expired, {freed.bytes_freed:,} bytes freed, "
            f"{left_over} left-over folders cleared."
        )
