"""The doorbell on Redis: heard at once, and nobody asks the database whether one has rung.

It is only a bell here too. While Redis is away the bells ring in the database, as they do where
there is no Redis; what it loses, the workers' reaper rings for again.
"""

import logging
import time
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import redis
from django_q.brokers import Broker
from django_q.conf import Conf

from exportsite.jobs.queue import LaneBroker

log = logging.getLogger(__name__)
T = TypeVar("T")

WAIT = 1  # seconds of one wait for a bell; between two lies a look whether to stop
PAUSE = 5.0  # seconds until Redis is asked again after it did not answer
ANSWER = 5.0  # seconds in which Redis must answer

_away_until = 0.0  # monotonic seconds; before them Redis is taken for away


class RedisLaneBroker(Broker):  # type: ignore[misc]  # django-q2 has no types
    """Reads several lanes, of which the first comes first: its key is "fast,bulk,chores"."""

    is_transactional = False  # a bell is to be rung when the job is committed

    @staticmethod
    def get_connection(list_key: str | None = None) -> Any:  # noqa: ARG004  # its signature
        return _client(Conf.REDIS)

    def enqueue(self, task: str) -> Any:
        return self._ask(
            lambda: self.connection.rpush(_name(self.list_key), task),
            lambda bells: bells.enqueue(task),
        )

    def dequeue(self) -> list[tuple[Any, Any]] | None:
        return self._ask(self._hear, LaneBroker.dequeue)

    def _hear(self) -> list[tuple[Any, Any]] | None:
        names = [_name(key) for key in self.list_key.split(",")]
        found = self.connection.blpop(names, timeout=WAIT)
        return [(None, found[1])] if found else None

    def queue_size(self) -> int:
        return self._ask(
            lambda: int(self.connection.llen(_name(self.list_key))), LaneBroker.queue_size
        )

    def _ask(self, redis_bells: Callable[[], T], instead: Callable[[LaneBroker], T]) -> T:
        """What Redis answers, or what the bells in the database do while it is away."""
        global _away_until
        if time.monotonic() >= _away_until:
            try:
                return redis_bells()
            except redis.RedisError as error:
                # django-q2's own way is to let the process die ten seconds later.
                log.warning("Redis is away, so the bells ring in the database: %s", error)
                _away_until = time.monotonic() + PAUSE
        return instead(LaneBroker(self.list_key))

    def delete_queue(self) -> None:
        self.connection.delete(_name(self.list_key))

    def ping(self) -> bool:
        """Bells come later when it is away now; a worker waits for them."""
        return True


@cache
def _client(url: str) -> Any:
    """One for a process: it keeps its connections, and makes new ones after a fork."""
    return redis.Redis.from_url(
        url,
        socket_timeout=WAIT + ANSWER,
        socket_connect_timeout=ANSWER,
        socket_keepalive=True,
        health_check_interval=30,
    )


def _name(key: str) -> str:
    """Several sites may share a Redis; the queue's name is their own."""
    return f"{Conf.PREFIX}:bells:{key}"
