import threading
from collections.abc import Callable

import pytest

from exports.formats.beside import PIECE_BYTES, Beside


def refuse(_data: bytes) -> None:
    raise OSError("The disk is full")


def test_bytes_arrive_whole_and_in_order() -> None:
    written: list[bytes] = []
    beside = Beside(written.append)
    sent = [bytes([number]) * (PIECE_BYTES // 3) for number in range(10)]
    for data in sent:
        beside.write(data)
    beside.finish()
    assert b"".join(written) == b"".join(sent)


def test_a_small_file_needs_no_thread() -> None:
    threads: list[str] = []
    beside = Beside(lambda _data: threads.append(threading.current_thread().name))
    beside.write(b"little")
    beside.finish()
    assert set(threads) == {threading.current_thread().name}


@pytest.mark.parametrize("end", [Beside.finish, lambda beside: beside.write(b"x" * PIECE_BYTES)])
def test_what_the_thread_raises_is_raised_here(end: Callable[[Beside], object]) -> None:
    beside = Beside(refuse)
    beside.write(b"x" * PIECE_BYTES)
    with pytest.raises(OSError, match="The disk is full"):
        end(beside)


def test_a_file_that_is_given_up_leaves_no_thread() -> None:
    before = set(threading.enumerate())
    written = threading.Event()
    beside = Beside(lambda _data: written.set())
    beside.write(b"x" * PIECE_BYTES)
    assert written.wait(120)
    for thread in threading.enumerate():
        if thread.name == "file-writer":
            thread.join(120)
    assert set(threading.enumerate()) <= before
