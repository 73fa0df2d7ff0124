from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from exportsite.api import tokens
from exportsite.api.models import Scope

MOST_DAYS = 36_500


class Command(BaseCommand):
    help = "Makes an API token for a person and prints it; it is never shown again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument(
            "--scope",
            action="append",
            choices=Scope.values,
            help="what it is good for; may be given twice (default: everything)",
        )
        parser.add_argument("--expires-days", type=int, help="days until it ends (default: never)")
        parser.add_argument("--name", default="", help="what it is used for")

    def handle(
        self,
        *args: Any,
        username: str,
        scope: list[str] | None,
        expires_days: int | None,
        name: str,
        **options: Any,
    ) -> None:
        people = get_user_model()
        user = people._default_manager.filter(**{people.USERNAME_FIELD: username}).first()
        if user is None:
            raise CommandError(f"There is nobody called {username}.")
        if expires_days is not None and not 1 <= expires_days <= MOST_DAYS:
            raise CommandError(f"--expires-days is a number from 1 to {MOST_DAYS}.")
        expires_at = timezone.now() + timedelta(days=expires_days) if expires_days else None
        try:
            token, secret = tokens.issue(
                user, name=name, scopes=scope or Scope.values, expires_at=expires_at
            )
        except tokens.TokenRefused as error:
            raise CommandError(str(error)) from error
        until = f" until {token.expires_at:%Y-%m-%d %H:%M %Z}" if token.expires_at else ""
        self.stderr.write(f"Good for {' and '.join(token.scopes)}{until}. Keep it safe.")
        self.stdout.write(secret)
