from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exportsite.serving import CannotServe, Serving, read_address


class Command(BaseCommand):
    help = "Run the web server and the worker until Ctrl-C. HOST and PORT say where."

    def handle(self, *args: Any, **options: Any) -> None:
        host, port = read_address()
        try:
            with Serving(host, port, self.stderr.write) as serving:
                self.stdout.write(f"{serving.url} - stop it with Ctrl-C.")
                while not serving.is_stopping:
                    serving.look()
        except CannotServe as error:
            raise CommandError(str(error)) from None
        self.stdout.write("Stopped.")
