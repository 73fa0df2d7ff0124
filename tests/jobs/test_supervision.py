"""The parts of the supervisor that need no cluster."""

import multiprocessing
import subprocess
import sys
import textwrap
from collections.abc import Callable
from typing import Any

import psutil
import pytest

from exportsite.jobs import lifeline, watchdog
from exportsite.jobs.lease import Claim, Claimant, claim_next
from exportsite.jobs.watchdog import Doubt, Watchdog
from exportsite.jobs.worker import Flag, OpenQueue
from tests.jobs.dummy.models import Task
from tests.jobs.processes import wait_until


class Clock:
    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(watchdog, "time", clock)
    return clock


def run(dog: Watchdog, clock: Clock, seconds: int, *, answered_at: float = 0, **look: Any) -> bool:
    """Look once a second; what it said last."""
    verdict = False
    for _ in range(seconds):
        clock.now += 1
        verdict = dog.look(answered_at=answered_at, **look)
    return verdict


def test_a_cluster_that_leaves_jobs_lying_is_wedged(clock: Clock) -> None:
    dog = Watchdog(20)
    assert not run(dog, clock, 21, is_hungry=True)
    assert run(dog, clock, 1, is_hungry=True)
    dog.forgive()
    assert not run(dog, clock, 20, is_hungry=True)


def test_a_cluster_that_answers_or_has_nothing_to_do_is_not(clock: Clock) -> None:
    dog = Watchdog(20)
    assert not run(dog, clock, 100, is_hungry=False)
    assert not run(dog, clock, 15, is_hungry=True)
    assert not run(dog, clock, 1, is_hungry=False)
    assert not run(dog, clock, 15, is_hungry=True)
    assert not run(dog, clock, 10, is_hungry=True, answered_at=clock.now)


def test_time_in_which_it_could_not_look_does_not_count(clock: Clock) -> None:
    dog = Watchdog(20)
    run(dog, clock, 15, is_hungry=True)
    clock.now += 100
    assert not run(dog, clock, 20, is_hungry=True)
    assert run(dog, clock, 5, is_hungry=True)


def claim_as(make_task: Callable[..., Task], pid: int) -> Claim:
    make_task()
    claim = claim_next(Claimant(worker="w", pid=pid))
    assert claim is not None
    return claim


@pytest.mark.django_db
def test_a_silent_process_has_a_moment_to_beat_again(
    make_task: Callable[..., Task], clock: Clock
) -> None:
    silent, other = (claim_as(make_task, pid) for pid in (1, 2))
    doubt = Doubt(2)
    assert doubt.confirm([silent]) == []
    clock.now += 1
    assert doubt.confirm([silent, other]) == []
    clock.now += 1
    assert doubt.confirm([other]) == []  # the first has beaten
    clock.now += 1
    assert doubt.confirm([silent, other]) == [other]


def test_a_flag_needs_no_lock() -> None:
    flag = Flag()
    assert not flag.wait(0.01)
    flag.set()
    assert flag.wait(10)
    assert flag.is_set()


def test_readers_of_an_open_queue_wait_outside_of_its_lock() -> None:
    queue = OpenQueue(maxsize=2)
    reader = multiprocessing.get_context("fork").Process(target=queue.get)
    reader.start()
    wait_until(lambda: psutil.Process(reader.pid).status() == "sleeping", "it to wait")
    reader.kill()
    reader.join()
    queue.put("after the kill")
    assert queue.get() == "after the kill"
    queue.close()
    assert queue.qsize() == 0


@pytest.mark.parametrize("by_kernel", [True, False])
def test_children_end_with_their_parent(by_kernel: bool) -> None:
    if by_kernel and sys.platform != "linux":
        pytest.skip("asks the kernel of Linux")
    source = f"""
        import os, time
        from exportsite.jobs import lifeline
        lifeline.tie_children(by_kernel={by_kernel})
        pid = os.fork()
        if pid:
            print(pid, flush=True)
        time.sleep(250)
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(source)], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    with parent.stdout as output:
        child = int(output.readline())
    assert lifeline.is_alive(child)
    parent.kill()
    parent.wait()
    wait_until(lambda: not lifeline.is_alive(child), "the child's end")


def test_a_dead_child_that_nobody_has_buried_is_not_alive() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    wait_until(lambda: not lifeline.is_alive(child.pid), "its end")
    assert psutil.pid_exists(child.pid)
    child.wait()


def test_a_whole_family_is_ended() -> None:
    source = """
        import subprocess, sys
        from exportsite.jobs import lifeline
        sleeper = "import time; time.sleep(250)"
        nest = f"import subprocess, sys; p = subprocess.Popen([sys.executable, '-c', {sleeper!r}]);"
        nest += "print(p.pid, flush=True); p.wait()"
        child = subprocess.Popen([sys.executable, "-c", nest], stdout=subprocess.PIPE, text=True)
        grandchild = int(child.stdout.readline())
        lifeline.kill_family()
        assert not lifeline.is_alive(child.pid)
        assert not lifeline.is_alive(grandchild)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(source)], check=True, timeout=120)
