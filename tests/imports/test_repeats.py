"""Fingerprints of keys: the same for the same record, whatever chunk it is in."""

from typing import Any

from imports.batches import ABSENT, Batch
from imports.lookups import Lookups
from imports.repeats import KEY_BYTES, find_keys
from imports.targets import Target
from tests.library.models import Book

TEXTS = ("", "a", "A", "a ", "a\0", "a\0\0", "\0", "a" * 15, "a" * 16, "a" * 17, "é", "é" * 8, "1")


def keys_of(values: list[Any]) -> list[bytes | None]:
    target = Target(Book, fields=(), key=("title",))
    batch = Batch(rows=list(range(len(values))), columns={"title": values})
    return find_keys(target, Lookups(target), batch)


def test_different_keys_have_different_fingerprints() -> None:
    keys = keys_of([*TEXTS, 1])
    assert len(set(keys)) == len(TEXTS) + 1
    assert {len(key or b"") for key in keys} == {KEY_BYTES}


def test_the_same_key_has_the_same_fingerprint_alone_and_among_others() -> None:
    together = keys_of(list(TEXTS))
    assert [keys_of([text])[0] for text in TEXTS] == together


def test_what_is_not_said_is_no_key() -> None:
    assert keys_of([None, ABSENT]) == [None, None]
