from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from imports import retention

LEAST_DAYS = 7


class Command(BaseCommand):
    help = "Deletes imports older than so many days. What they wrote stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--days",
            type=int,
            default=settings.IMPORT_CLEANUP_DAYS,
            help=f"age in days, at least {LEAST_DAYS} (default: IMPORT_CLEANUP_DAYS, %(default)s)",
        )

    def handle(self, *args: Any, days: int, **options: Any) -> None:
        if days < LEAST_DAYS:
            raise CommandError(f"Imports are kept for at least {LEAST_DAYS} days.")
        freed = retention.expire_older_than(days)
        left_over = retention.sweep()
        noun = "import" if freed.imports == 1 else "imports"
        self.stdout.write(
            f"{freed.imports} {noun} deleted, {freed.bytes_freed:,} bytes freed, "
            f"{left_over} left-over folders cleared."
        )
