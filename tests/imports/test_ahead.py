import threading
import time
import weakref
from collections.abc import Iterator

import pytest
from django.db import connection
from django.utils import translation

from exportsite.jobs.progress import Cancelled
from imports import ahead
from imports.ahead import give_way, giving_way, read_ahead
from imports.validation import Parsed

Chunk = list[Parsed]


def chunk(number: int) -> Chunk:
    return [Parsed(number, [], [], [])]


def wait_until(is_so: list[int], number: int) -> None:
    deadline = time.monotonic() + 120
    while number not in is_so:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def nothing() -> None:
    pass


def test_all_chunks_come_in_order() -> None:
    with read_ahead(map(chunk, range(50)), nothing) as chunks:
        assert [made[0].row for made in chunks] == list(range(50))


def test_the_next_chunk_is_made_while_the_caller_waits_and_no_more() -> None:
    begun: list[int] = []

    def source() -> Iterator[Chunk]:
        for number in range(5):
            begun.append(number)
            yield chunk(number)

    with read_ahead(source(), nothing) as chunks:
        next(chunks)
        time.sleep(0.05)
        assert begun == [0]
        give_way()
        wait_until(begun, 1)
        give_way()
        time.sleep(0.05)
        assert begun == [0, 1]
        next(chunks)
        give_way()
        wait_until(begun, 2)


@pytest.mark.django_db
def test_the_next_chunk_is_begun_with_the_first_statement() -> None:
    begun: list[int] = []

    def source() -> Iterator[Chunk]:
        for number in range(5):
            begun.append(number)
            yield chunk(number)

    with read_ahead(source(), nothing) as chunks, connection.cursor() as cursor:
        next(chunks)
        with giving_way():
            time.sleep(0.05)
            assert begun == [0]
            cursor.execute("SELECT 1")
            wait_until(begun, 1)
            cursor.execute("SELECT 1")
        assert begun == [0, 1]


def test_a_chunk_that_is_done_is_let_go_before_the_one_after_the_next_is_made() -> None:
    class Held(list[Parsed]):
        pass

    made: list[weakref.ref[Held]] = []
    alive: list[int] = []

    def source() -> Iterator[Chunk]:
        for number in range(5):
            alive.append(sum(ref() is not None for ref in made))
            made.append(weakref.ref(one := Held(chunk(number))))
            yield one
            del one

    with read_ahead(source(), nothing) as chunks:
        for _chunk in chunks:
            pass
    assert alive[0] == 0
    assert max(alive) == 1


def test_to_give_way_is_nothing_where_nobody_reads_ahead() -> None:
    give_way()
    with read_ahead(map(chunk, range(3)), nothing) as chunks:
        next(chunks)
    give_way()


def test_what_goes_wrong_there_is_raised_here_behind_the_good_chunks() -> None:
    def source() -> Iterator[Chunk]:
        yield chunk(1)
        raise ValueError("broken file")

    with read_ahead(source(), nothing) as chunks:
        assert next(chunks)[0].row == 1
        with pytest.raises(ValueError, match="broken file"):
            next(chunks)


def test_the_thread_is_gone_when_the_caller_breaks_off() -> None:
    before = set(threading.enumerate())
    with read_ahead(map(chunk, range(1000)), nothing) as chunks:
        next(chunks)
        assert len(set(threading.enumerate()) - before) == 1
    assert set(threading.enumerate()) <= before


def test_who_waits_for_a_chunk_can_still_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "LOOK_EVERY", 0.01)
    is_over = threading.Event()

    def source() -> Iterator[Chunk]:
        is_over.wait(120)
        yield chunk(1)

    def look() -> None:
        is_over.set()
        raise Cancelled

    with pytest.raises(Cancelled), read_ahead(source(), look) as chunks:
        next(chunks)


def test_messages_are_made_in_the_language_of_the_caller() -> None:
    languages: list[str | None] = []

    def source() -> Iterator[Chunk]:
        languages.append(translation.get_language())
        yield chunk(1)

    with translation.override("de"), read_ahead(source(), nothing) as chunks:
        next(chunks)
    assert languages == ["de"]
