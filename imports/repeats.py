"""Records that a file speaks of more than once."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import compress, repeat
from typing import Any

from imports.batches import ABSENT, Batch
from imports.lookups import Lookups
from imports.problems import Problem
from imports.refusals import Teller
from imports.seen import KEY_BYTES, Saying, Seen, fingerprint
from imports.targets import Fill, Target

_TEXT = frozenset((str,))


def complete_key(target: Target, batch: Batch, fills: dict[str, Fill]) -> None:
    """A part of the key that a row does not say is what a new record would get."""
    for column in target.key:
        value = fills[column.attname].value
        given = batch.columns.get(column.attname, [ABSENT] * len(batch))
        if value is not None and ABSENT in given:
            given = [value if one is ABSENT else one for one in given]
        batch.columns[column.attname] = given


def find_keys(target: Target, lookups: Lookups, batch: Batch) -> list[bytes | None]:
    """A fingerprint of each record's key; None where all of it is empty."""
    parts = [
        lookups.identities(column.attname, batch.columns[column.attname]) for column in target.key
    ]
    if not parts:
        return [None] * len(batch)
    if len(parts) == 1:
        return _short_keys(parts[0]) or [_key_of(part) for part in parts[0]]
    return [
        fingerprint("key", *(None if part is ABSENT else part for part in key))
        if any(part is not None and part is not ABSENT for part in key)
        else None
        for key in zip(*parts, strict=True)
    ]


def _short_keys(texts: list[Any]) -> list[bytes | None]:
    """What `_key_of` says of each, at once; [] if they are not all short texts."""
    if not _TEXT.issuperset(map(type, texts)) or max(map(len, texts), default=0) >= KEY_BYTES:
        return []
    all_texts = "".join(texts)
    if not (all_texts.isascii() and all_texts.isprintable()):
        return []
    return list(map(bytes.ljust, map(str.encode, texts), repeat(KEY_BYTES), repeat(b"\0")))


def _key_of(part: Any) -> bytes | None:
    """Short texts are their own fingerprints. In order, as they often are, they are kept faster."""
    if part.__class__ is str and len(part) < KEY_BYTES and part.isascii() and part.isprintable():
        return part.encode().ljust(KEY_BYTES, b"\0")
    return None if part is None or part is ABSENT else fingerprint("key", part)


@dataclass(kw_only=True)
class Repeats:
    """What was found out about the rows of a chunk."""

    refused: dict[int, list[Problem]] = field(default_factory=dict)  # row -> why it stays out
    warnings: list[tuple[int, Problem]] = field(default_factory=list)
    skipped: set[int] = field(default_factory=set)  # rows that say again what was said
    waves: dict[int, int] = field(default_factory=dict)  # row -> after how many others it goes in
    repeating: set[int] = field(default_factory=set)  # rows about records of earlier rows


class Recall:
    """Compares the rows of a chunk with all earlier ones, and remembers them."""

    def __init__(self, seen: Seen, lookups: Lookups, teller: Teller, *, overwrites: bool) -> None:
        self._seen = seen
        self._lookups = lookups
        self._teller = teller
        self._overwrites = overwrites

    def compare(self, batch: Batch) -> Repeats:
        """All rows that could be read count, whatever the database will say of them."""
        keys = [key for key in batch.keys if key is not None]
        earlier = self._seen.of(keys)
        values = self._values(batch)
        if not earlier and len(set(keys)) == len(keys):  # as it mostly is
            rows: Iterable[int] = batch.rows
            said: Iterable[bytes] = values
            if len(keys) < len(batch):
                has_key = [key is not None for key in batch.keys]
                rows, said = compress(rows, has_key), compress(said, has_key)
            self._seen.say_each(keys, rows, said)
            return Repeats()
        return self._compare_rows(batch, earlier, values)

    def _compare_rows(
        self, batch: Batch, earlier: dict[bytes, Saying], values: list[bytes]
    ) -> Repeats:
        repeats, said = Repeats(), earlier
        for row, numbers in batch.by_row().items():
            known = {k: said[k] for n in numbers if (k := batch.keys[n]) in said}
            repeats.waves[row] = 0
            self._compare_row(batch, row, numbers, known, values, repeats)
            if row not in repeats.refused:
                for n in numbers:
                    if (key := batch.keys[n]) is not None:
                        is_new = key in known and known[key].is_new
                        said[key] = Saying(row, values[n], is_new)
        self._seen.say(said)
        return repeats

    def _compare_row(
        self,
        batch: Batch,
        row: int,
        numbers: list[int],
        known: dict[bytes, Saying],
        values: list[bytes],
        repeats: Repeats,
    ) -> None:
        if twice := self._said_twice(batch, numbers):
            repeats.refused[row] = [self._teller.repeated(batch, n, row) for n in twice]
            return
        earlier = {n: known[k] for n in numbers if (k := batch.keys[n]) is not None and k in known}
        if not earlier:
            return
        if not self._overwrites:
            repeats.refused[row] = [
                self._teller.repeated(batch, n, saying.row) for n, saying in earlier.items()
            ]
            return
        is_same = len(earlier) == len(numbers) and all(
            saying.value == values[n] for n, saying in earlier.items()
        )
        last = max(saying.row for saying in earlier.values())
        warning = self._teller.overwritten(batch, next(iter(earlier)), last, is_same=is_same)
        repeats.warnings.append((row, warning))
        wave = max(repeats.waves.get(saying.row, -1) for saying in earlier.values())
        if is_same:
            repeats.skipped.add(row)
            repeats.waves[row] = wave
        else:
            repeats.repeating.add(row)
            repeats.waves[row] = wave + 1

    def _said_twice(self, batch: Batch, numbers: list[int]) -> list[int]:
        """Records of one row with the key of another one of the same row."""
        if len(numbers) == 1:
            return []
        met = Counter[bytes]()
        twice = []
        for n in numbers:
            if (key := batch.keys[n]) is not None:
                met[key] += 1
                if met[key] == 2:
                    twice.append(n)
        return twice

    def _values(self, batch: Batch) -> list[bytes]:
        """A fingerprint of what each record says, where that matters."""
        if not self._overwrites:
            return [b""] * len(batch)
        names = sorted(batch.columns)
        columns = [self._lookups.identities(name, batch.columns[name]) for name in names]
        return [
            fingerprint(*((n, v) for n, v in zip(names, said, strict=True) if v is not ABSENT))
            for said in zip(*columns, strict=True)
        ]

    def made_before(self, batch: Batch, repeating: set[int]) -> set[int]:
        """Numbers of records that an earlier row would have created, as a check has found."""
        numbers = [n for n, row in enumerate(batch.rows) if row in repeating]
        if not numbers:
            return set()
        known = self._seen.of(key for n in numbers if (key := batch.keys[n]) is not None)
        return {n for n in numbers if (s := known.get(batch.keys[n] or b"")) and s.is_new}

    def note_made(self, batch: Batch, numbers: list[int]) -> None:
        """A check would have created these."""
        keys = [key for n in numbers if (key := batch.keys[n]) is not None]
        if self._overwrites:
            self._seen.say({k: s._replace(is_new=True) for k, s in self._seen.of(keys).items()})
