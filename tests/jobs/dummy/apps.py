import os

from django.apps import AppConfig


class DummyConfig(AppConfig):
    """For unit tests, which register the kind while they run."""

    default = True
    name = "tests.jobs.dummy"
    label = "dummy"
    default_auto_field = "django.db.models.BigAutoField"


class WorkingConfig(DummyConfig):
    """For worker processes."""

    default = False

    def ready(self) -> None:
        from exportsite.jobs import supervisor
        from tests.jobs.dummy import engine

        engine.register()
        supervisor.SETTLED = float(os.environ["DUMMY_SETTLED"])
