import sqlite3

import pytest

from imports.seen import Saying, Seen, fingerprint


@pytest.fixture
def seen():
    seen = Seen()
    yield seen
    seen.close()


def test_what_is_committed_stays_and_what_is_not_goes(seen: Seen) -> None:
    a, b, c = map(fingerprint, "abc")
    seen.say({a: Saying(2)})
    seen.commit()
    seen.say({b: Saying(3), a: Saying(4)})
    assert seen.of([a, b, c]) == {a: Saying(4), b: Saying(3)}
    seen.rollback()
    assert seen.of([a, b]) == {a: Saying(2)}
    assert seen.of([]) == {}


def test_sayings_come_back_as_they_were(seen: Seen) -> None:
    sayings = {
        fingerprint(n): saying
        for n, saying in enumerate(
            (
                Saying(1),
                Saying(2**40, b"", True),
                Saying(3, fingerprint("value"), True),
                Saying(4, b"\x00" * 16),
                Saying(5, b"short\x00"),
            )
        )
    }
    seen.say(sayings)
    seen.commit()
    assert seen.of(sayings) == sayings


def test_the_last_saying_counts_whatever_it_says(seen: Seen) -> None:
    key = fingerprint("key")
    for saying in (Saying(1), Saying(2, fingerprint("value")), Saying(3, b"", True)):
        seen.say({key: saying})
        seen.commit()
        assert seen.of([key]) == {key: saying}


def test_rows_that_each_speak_of_one_thing_are_said_at_once(seen: Seen) -> None:
    a, b = map(fingerprint, "ab")
    seen.say_each([a, b], [2, 3], [b"", b"value"])
    expected = {a: Saying(2), b: Saying(3, b"value")}
    assert seen.of([a, b]) == expected
    seen.commit()
    assert seen.of([a, b]) == expected
    assert seen.of([a, b]) == expected  # from the disk


def test_an_empty_commit_changes_nothing(seen: Seen) -> None:
    seen.say({fingerprint("key"): Saying(1)})
    seen.commit()
    seen.commit()
    assert seen.of([fingerprint("key")]) == {fingerprint("key"): Saying(1)}


def test_what_could_not_be_written_is_raised_where_it_is_missed(seen: Seen) -> None:
    seen.say({fingerprint("key"): Saying(1)})
    seen._database.execute("DROP TABLE sayings")
    seen.commit()
    assert seen.of([fingerprint("key")]) == {fingerprint("key"): Saying(1)}
    with pytest.raises(sqlite3.OperationalError, match="sayings"):
        seen.of([fingerprint("key")])


def test_more_can_be_asked_for_than_a_statement_takes(seen: Seen) -> None:
    sayings = {fingerprint(n): Saying(n, b"value", n % 2 == 0) for n in range(70_000)}
    seen.say(sayings)
    seen.commit()
    assert seen.of(sayings) == sayings


def test_fingerprints_tell_types_and_borders_apart() -> None:
    parts = [("a", "b"), ("ab",), ("a", "b", None), ("1",), (1,), (None,), ("None",), ("\ud800",)]
    assert len({fingerprint(*some) for some in parts}) == len(parts)
