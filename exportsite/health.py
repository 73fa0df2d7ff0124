"""/healthz: may a load balancer send people here? For probes, without login, without secrets."""

import logging
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from django.db.models import Min
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from exportsite.jobs import presence
from exportsite.jobs.kinds import all_steps
from exportsite.jobs.lease import due_jobs
from exportsite.jobs.models import Lane

log = logging.getLogger(__name__)

OK, FAILS, NOT_SET = "ok", "fails", "not set"
DETAILS = "details"  # ?details=1 asks for what no load balancer should wait for
ANSWER_WITHIN = 2  # seconds, of a replica or a Redis; libpq knows no shorter time


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """503 when the site cannot serve. Without workers it still serves: jobs wait.

    So it does without a replica or a Redis: jobs wait for these too, and are told in the details.
    """
    health = {**_look_at_database(), "storage": _look_at_storage()}
    is_well = health["database"] == health["storage"] == OK
    if request.GET.get(DETAILS, "") not in ("", "0"):
        health |= {"export_database": _look_at_replica(), "redis": _look_at_redis()}
    return JsonResponse(health, status=200 if is_well else 503)


def _look_at_database() -> dict[str, Any]:
    try:
        return {
            "database": OK,
            "workers": presence.look().workers,
            "oldest_waiting_seconds": oldest_waiting_seconds(),
        }
    except DatabaseError as error:
        log.warning("The database fails: %s", error)
        return {"database": FAILS, "workers": None, "oldest_waiting_seconds": None}


def oldest_waiting_seconds() -> int:
    """How long the longest waiting due job of any kind has been due."""
    oldest = [
        due_jobs(kind, step, Lane.values).order_by().aggregate(due=Min("available_at"))["due"]
        for kind, step in all_steps()
    ]
    now = timezone.now()
    return max((round((now - due).total_seconds()) for due in oldest if due), default=0)


def _look_at_storage() -> str:
    folder = Path(settings.EXPORT_DIRECTORY)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"probe")
    except OSError as error:
        log.warning("The folder of the exports fails: %s", error)
        return FAILS
    return OK


def _look_at_replica() -> str:
    """On a connection of its own: the usual ones wait longer for an answer."""
    if settings.EXPORT_DATABASE == DEFAULT_DB_ALIAS:
        return NOT_SET
    probe = connections[settings.EXPORT_DATABASE].copy()
    if probe.vendor == "postgresql":
        probe.settings_dict["OPTIONS"]["connect_timeout"] = ANSWER_WITHIN
    try:
        with closing(probe), probe.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        log.warning("The database that exports are read from fails: %s", error)
        return FAILS
    return OK


def _look_at_redis() -> str:
    if not settings.REDIS_URL:
        return NOT_SET
    import redis  # need not be installed
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=ANSWER_WITHIN,
        socket_timeout=ANSWER_WITHIN,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        with closing(client):
            client.ping()
    except redis.RedisError as error:
        log.warning("Redis fails: %s", error)
        return FAILS
    return OK
