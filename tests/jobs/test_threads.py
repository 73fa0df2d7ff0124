import sys

import pytest

from exportsite.jobs.threads import SWITCH_AFTER, switching_soon


def test_threads_switch_sooner_and_afterwards_as_before() -> None:
    before = sys.getswitchinterval()
    with switching_soon():
        assert sys.getswitchinterval() == pytest.approx(SWITCH_AFTER)
    assert sys.getswitchinterval() == before
