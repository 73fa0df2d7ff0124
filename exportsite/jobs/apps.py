from datetime import timedelta

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "exportsite.jobs"
    label = "jobs"
    verbose_name = "Jobs"

    def ready(self) -> None:
        from exportsite.jobs import chores, queue

        chores.register(chores.Routine(name="jobs.tidy", every=timedelta(days=1), run=queue.tidy))
