"""An export and its log as JSON. The names are the API's; they never change."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from exports.api import standing
from exports.api.standing import Standing
from exports.models import Event, Export, ExportLog
from exports.states import Status
from exportsite.api.inputs import Moment


class ErrorOfExport(serializers.Serializer[Any]):
    """Why an export failed."""

    code = serializers.CharField()
    message = serializers.CharField()


class ExportOut(serializers.Serializer[Any]):
    """One export."""

    export_id = serializers.UUIDField(source="pk")
    resource_type = serializers.CharField(source="resource")
    format = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    total_items = serializers.IntegerField(source="total_rows", allow_null=True)
    exported_items = serializers.IntegerField(source="exported_rows")
    failed_items = serializers.IntegerField(source="failed_rows")
    progress = serializers.FloatField(min_value=0, max_value=100)
    success_rate = serializers.FloatField(min_value=0, max_value=100)
    columns = serializers.SerializerMethodField()
    filters = serializers.DictField()
    include_contact_info = serializers.BooleanField()
    file_name = serializers.SerializerMethodField()
    file_size = serializers.IntegerField(allow_null=True)
    sha256 = serializers.SerializerMethodField()
    download_count = serializers.IntegerField()
    attempts = serializers.IntegerField()
    created_by = serializers.SerializerMethodField()
    created_at = Moment()
    started_at = Moment(allow_null=True)
    completed_at = Moment(allow_null=True)
    expires_at = Moment(allow_null=True)
    email_sent_at = Moment(allow_null=True)
    duration_ms = serializers.SerializerMethodField()
    error = serializers.SerializerMethodField()
    message = serializers.SerializerMethodField()
    queue_position = serializers.SerializerMethodField()
    worker_alive = serializers.SerializerMethodField()
    status_url = serializers.SerializerMethodField()
    logs_url = serializers.SerializerMethodField()
    download_url = serializers.SerializerMethodField()

    @property
    def _standing(self) -> Standing:
        known: Standing = self.context["standing"]
        return known

    def get_columns(self, export: Export) -> list[str]:
        """Of an archive of parts none: each part has its own."""
        return [] if export.parts else list(export.columns)

    def get_file_name(self, export: Export) -> str | None:
        return export.file_name or None

    def get_sha256(self, export: Export) -> str | None:
        return export.sha256 or None

    def get_created_by(self, export: Export) -> str | None:
        return export.created_by.get_username() if export.created_by else None

    def get_duration_ms(self, export: Export) -> int | None:
        if export.started_at is None or export.completed_at is None:
            return None
        return round((export.completed_at - export.started_at).total_seconds() * 1000)

    @extend_schema_field(ErrorOfExport(allow_null=True))
    def get_error(self, export: Export) -> dict[str, str] | None:
        if not export.error_code and not export.error_message:
            return None
        return {"code": export.error_code, "message": export.error_message}

    def get_message(self, export: Export) -> str:
        return standing.sentence(export, self._standing)

    def get_queue_position(self, export: Export) -> int | None:
        return self._standing.position(export)

    def get_worker_alive(self, export: Export) -> bool:
        return self._standing.is_worker_alive(export)

    def get_status_url(self, export: Export) -> str:
        return address(self.context["request"], "export", export)

    def get_logs_url(self, export: Export) -> str:
        return address(self.context["request"], "export-logs", export)

    def get_download_url(self, export: Export) -> str | None:
        if export.status != Status.COMPLETED:
            return None
        return address(self.context["request"], "export-download", export)


class LogOut(serializers.Serializer[Any]):
    """One thing that happened to an export."""

    event = serializers.ChoiceField(choices=Event.choices)
    message = serializers.CharField()
    processed_items = serializers.IntegerField(source="processed_rows", allow_null=True)
    current_batch = serializers.IntegerField(allow_null=True)
    total_batches = serializers.IntegerField(allow_null=True)
    duration_ms = serializers.IntegerField(allow_null=True)
    actor = serializers.SerializerMethodField()
    created_at = Moment()

    def get_actor(self, log: ExportLog) -> str | None:
        return log.actor.get_username() if log.actor else None


class AcceptedOut(serializers.Serializer[Any]):
    """An export that a worker will make."""

    export_id = serializers.UUIDField()
    status = serializers.ChoiceField(choices=Status.choices)
    message = serializers.CharField()
    estimated_wait = serializers.IntegerField(allow_null=True, help_text="Seconds")
    total_items = serializers.IntegerField(allow_null=True)
    status_url = serializers.URLField()
    logs_url = serializers.URLField()


def represent(request: Request, exports: Sequence[Export]) -> list[Any]:
    """Exports as JSON; several cost no more queries than one."""
    context = {"request": request, "standing": standing.look(exports)}
    return list(ExportOut(exports, many=True, context=context).data)


def represent_one(request: Request, export: Export) -> Any:
    return represent(request, [export])[0]


def represent_logs(logs: Sequence[ExportLog]) -> list[Any]:
    return list(LogOut(logs, many=True).data)


def represent_accepted(request: Request, export: Export) -> dict[str, Any]:
    known = standing.look([export])
    return {
        "export_id": str(export.pk),
        "status": export.status,
        "message": standing.sentence(export, known),
        "estimated_wait": standing.estimate_wait(export, known),
        "total_items": export.total_rows,
        "status_url": address(request, "export", export),
        "logs_url": address(request, "export-logs", export),
    }


def address(request: Request, name: str, export: Export) -> str:
    return request.build_absolute_uri(reverse(name, args=[export.pk]))
