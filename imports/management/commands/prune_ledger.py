from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from imports import retention

LEAST_DAYS = 7


class Command(BaseCommand):
    help = "Deletes ledger entries older than so many days. Their imports cannot be undone then."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--days",
            type=int,
            default=settings.IMPORT_LEDGER_DAYS,
            help=f"age in days, at least {LEAST_DAYS} (default: IMPORT_LEDGER_DAYS, %(default)s)",
        )

    def handle(self, *args: Any, days: int, **options: Any) -> None:
        if days < LEAST_DAYS:
            raise CommandError(f"Ledger entries are kept for at least {LEAST_DAYS} days.")
        self.stdout.write(f"{retention.prune_ledger(days):,} ledger entries deleted.")
