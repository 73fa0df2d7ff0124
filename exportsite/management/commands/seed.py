"""manage.py seed: made-up rows to try things on. It adds and never changes or deletes."""

import datetime as dt
from argparse import ArgumentParser
from importlib import import_module
from time import perf_counter
from types import ModuleType
from typing import Any

from django.apps import AppConfig, apps
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.module_loading import module_has_submodule

from exportsite.seeding import RNG_SEED


class Command(BaseCommand):
    help = "Fill the tables of the domains with made-up rows, up to a number of rows."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("apps", nargs="*", metavar="app", help="which; all when none is given")
        parser.add_argument(
            "--scale", type=int, help="rows of the largest table of each app (default: a few 1000)"
        )
        parser.add_argument(
            "--until",
            type=dt.date.fromisoformat,
            help="the last day of the rows, YYYY-MM-DD (default: up to now)",
        )
        parser.add_argument(
            "--rng-seed", type=int, default=RNG_SEED, help="another one, other rows"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["scale"] is not None and options["scale"] < 0:
            raise CommandError("--scale is a number of rows, 0 or more.")
        for label, seeder in self._chosen(options["apps"]).items():
            begun = perf_counter()
            added = seeder.seed(
                seeder.DEFAULT_SCALE if options["scale"] is None else options["scale"],
                until=last_moment(options["until"]),
                rng_seed=options["rng_seed"],
                quiet=options["verbosity"] == 0 or not self.stderr.isatty(),
            )
            self._tell(label, added, perf_counter() - begun)

    def _chosen(self, labels: list[str]) -> dict[str, ModuleType]:
        known = {config.label: config for config in apps.get_app_configs() if has_seed(config)}
        if unknown := sorted(set(labels) - set(known)):
            raise CommandError(f"No seed for {', '.join(unknown)}. There is: {', '.join(known)}.")
        return {label: import_module(f"{known[label].name}.seed") for label in labels or known}

    def _tell(self, label: str, added: dict[str, int], seconds: float) -> None:
        for table, rows in added.items():
            self.stdout.write(f"{label}: {rows:,} {table} added")
        rate = sum(added.values()) / seconds
        self.stdout.write(f"{label}: {seconds:.1f} s, {rate:,.0f} rows/s")


def has_seed(config: AppConfig) -> bool:
    return ".domains." in config.name and module_has_submodule(config.module, "seed")


def last_moment(day: dt.date | None) -> dt.datetime:
    """The end of that day; without one, this minute."""
    if day is None:
        return timezone.now().replace(second=0, microsecond=0)
    return timezone.make_aware(dt.datetime.combine(day, dt.time.max))
