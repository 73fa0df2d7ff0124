"""An import, its problems and changes as JSON. The names are the API's; they never change."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from exportsite.api.inputs import Moment
from imports.api import standing
from imports.api.standing import Standing
from imports.models import Action, Blank, ImportChange, ImportJob, ImportProblem, Mode, OnError
from imports.problems import Severity
from imports.states import Status


class ErrorOfImport(serializers.Serializer[Any]):
    """Why an import failed."""

    code = serializers.CharField()
    message = serializers.CharField()


class ImportOut(serializers.Serializer[Any]):
    """One import. All counts but `values_written` are rows of the file."""

    batch_id = serializers.UUIDField(source="pk")
    importer = serializers.CharField()
    filename = serializers.CharField()
    file_size = serializers.IntegerField()
    sha256 = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    dry_run = serializers.BooleanField()
    confirm = serializers.BooleanField()
    mode = serializers.ChoiceField(choices=Mode.choices)
    key = serializers.CharField(allow_blank=True)
    on_error = serializers.ChoiceField(choices=OnError.choices)
    blank = serializers.ChoiceField(choices=Blank.choices)
    options = serializers.DictField(child=serializers.CharField())
    notes = serializers.CharField(allow_blank=True)
    encoding = serializers.CharField(allow_blank=True)
    delimiter = serializers.CharField(allow_blank=True)
    sheet = serializers.CharField(allow_blank=True)
    header = serializers.ListField(child=serializers.CharField(allow_blank=True))
    mapping = serializers.DictField(child=serializers.CharField(allow_null=True))
    values = serializers.DictField(child=serializers.DictField(child=serializers.CharField()))
    total_rows = serializers.IntegerField(source="counted_rows", allow_null=True)
    processed_rows = serializers.IntegerField()
    created_rows = serializers.IntegerField()
    updated_rows = serializers.IntegerField()
    unchanged_rows = serializers.IntegerField()
    skipped_rows = serializers.IntegerField()
    failed_rows = serializers.IntegerField()
    values_written = serializers.IntegerField(help_text="Records")
    progress_percent = serializers.FloatField(source="progress", min_value=0, max_value=100)
    user_name = serializers.SerializerMethodField()
    user_email = serializers.SerializerMethodField()
    uploaded_at = Moment(source="created_at")
    queued_at = Moment(allow_null=True)
    started_at = Moment(allow_null=True)
    completed_at = Moment(allow_null=True)
    duration_ms = serializers.SerializerMethodField()
    attempts = serializers.IntegerField()
    error = serializers.SerializerMethodField()
    message = serializers.SerializerMethodField()
    worker_alive = serializers.SerializerMethodField()
    problem_codes = serializers.DictField(child=serializers.IntegerField())
    status_url = serializers.SerializerMethodField()
    problems_url = serializers.SerializerMethodField()
    changes_url = serializers.SerializerMethodField()
    report_url = serializers.SerializerMethodField()

    @property
    def _standing(self) -> Standing:
        known: Standing = self.context["standing"]
        return known

    def get_user_name(self, job: ImportJob) -> str | None:
        return job.created_by.get_username() if job.created_by else None

    def get_user_email(self, job: ImportJob) -> str | None:
        return job.created_by.email if job.created_by else None

    def get_duration_ms(self, job: ImportJob) -> int | None:
        if job.started_at is None or job.completed_at is None:
            return None
        return round((job.completed_at - job.started_at).total_seconds() * 1000)

    @extend_schema_field(ErrorOfImport(allow_null=True))
    def get_error(self, job: ImportJob) -> dict[str, str] | None:
        if not job.error_code and not job.error_message:
            return None
        return {"code": job.error_code, "message": job.error_message}

    def get_message(self, job: ImportJob) -> str:
        return self._standing.sentence(job)

    def get_worker_alive(self, job: ImportJob) -> bool:
        return self._standing.is_worker_alive(job)

    def get_status_url(self, job: ImportJob) -> str:
        return self._address("import", job)

    def get_problems_url(self, job: ImportJob) -> str:
        return self._address("import-problems", job)

    def get_changes_url(self, job: ImportJob) -> str:
        return self._address("import-changes", job)

    def get_report_url(self, job: ImportJob) -> str | None:
        return self._address("import-report", job) if job.failed_rows else None

    def _address(self, name: str, job: ImportJob) -> str:
        request: Request = self.context["request"]
        return request.build_absolute_uri(reverse(name, args=[job.pk]))


class ProblemOut(serializers.Serializer[Any]):
    """One thing wrong with one row."""

    row = serializers.IntegerField(help_text="The line in the file; the header's is 1")
    column = serializers.CharField(allow_blank=True, help_text="Empty: the whole row")
    value = serializers.CharField(allow_blank=True)
    code = serializers.CharField()
    message = serializers.CharField()
    severity = serializers.ChoiceField(choices=Severity.choices)


class ChangeOut(serializers.Serializer[Any]):
    """What a row would do, by its check."""

    row = serializers.IntegerField()
    action = serializers.ChoiceField(choices=Action.choices)
    key = serializers.CharField(allow_blank=True)
    changes = serializers.DictField(
        child=serializers.ListField(
            child=serializers.CharField(allow_null=True), min_length=2, max_length=2
        ),
        help_text="Field: [old, new]",
    )


def represent(request: Request, jobs: Sequence[ImportJob]) -> list[Any]:
    """Imports as JSON; several cost no more queries than one."""
    context = {"request": request, "standing": standing.look(jobs)}
    return list(ImportOut(jobs, many=True, context=context).data)


def represent_one(request: Request, job: ImportJob) -> Any:
    return represent(request, [job])[0]


def represent_problems(problems: Sequence[ImportProblem]) -> list[Any]:
    return list(ProblemOut(problems, many=True).data)


def represent_changes(changes: Sequence[ImportChange]) -> list[Any]:
    return list(ChangeOut(changes, many=True).data)
