"""An engine as small as can be: a task does one of a few things that jobs do in bad times."""

from typing import ClassVar

from django.db import models

from exportsite.jobs.models import Job
from exportsite.jobs.states import BORN, Edge, Transitions

EDGES = [
    (BORN, "pending"),
    ("pending", "processing"),
    ("pending", "cancelled"),
    ("processing", "pending"),
    ("processing", "completed"),
    ("processing", "failed"),
    ("processing", "cancelled"),
    ("failed", "pending"),
]


class Task(Job):
    transitions: ClassVar[Transitions] = Transitions(
        *(Edge(source=source, target=target, actor="", sentence="") for source, target in EDGES)
    )

    act = models.CharField(max_length=20, default="finish")  # the name of a function in engine.py
    seconds = models.FloatField(default=0)
    done_rows = models.BigIntegerField(default=0)
    story = models.JSONField(default=list)  # the machinery's events, in order

    class Meta(Job.Meta):
        pass

    def __str__(self) -> str:
        return f"{self.act} {self.pk}"


class Effect(models.Model):
    """What a finished attempt leaves behind; there must never be two for a task."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE)
    made_by = models.CharField(max_length=100)

    def __str__(self) -> str:
        return self.made_by
