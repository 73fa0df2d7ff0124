"""What becomes of each record, once it is known what the database holds. Nothing is asked here."""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass

from imports.models import Action, Mode
from imports.upsert import Match


@dataclass(frozen=True, kw_only=True)
class Facts:
    """About the records of one batch, by number."""

    count: int
    matches: Mapping[int, Match]
    repeats: Set[int] = frozenset()  # an earlier row of the file spoke of the same record
    made: Set[int] = frozenset()  # and would have created it, had it not been a check
    keyless: Set[int] = frozenset()
    lacking: Set[int] = frozenset()  # that cannot be new, as they do not say enough


@dataclass(frozen=True, kw_only=True)
class Plan:
    actions: list[str]  # of each record
    refusals: dict[int, str]  # number -> code


def make_plan(mode: str, facts: Facts) -> Plan:
    """An action for each record, and why some have none. A repeat counts as an update always."""
    actions: list[str] = [Action.CREATE] * facts.count
    for number in facts.made:
        actions[number] = Action.UPDATE if number in facts.repeats else Action.UNCHANGED
    for number, match in facts.matches.items():
        is_changed = match.is_changed or number in facts.repeats
        actions[number] = Action.UPDATE if is_changed else Action.UNCHANGED
    refusals = dict(sorted(_refuse(mode, facts, facts.matches.keys() | facts.made)))
    for number in refusals:
        actions[number] = Action.FAIL
    return Plan(actions=actions, refusals=refusals)


def _refuse(mode: str, facts: Facts, existing: Set[int]) -> Iterator[tuple[int, str]]:
    ambiguous = {n for n, match in facts.matches.items() if not match.is_alone}
    yield from ((n, "ambiguous_key") for n in ambiguous)
    if mode == Mode.CREATE:
        yield from ((n, "duplicate") for n in existing - ambiguous)
    if mode == Mode.UPDATE:
        new = set(range(facts.count)) - existing
        yield from ((n, "no_key" if n in facts.keyless else "not_found") for n in new)
    else:
        yield from ((n, "required_for_new") for n in facts.lacking - existing)


def action_of_row(actions: Set[str]) -> str:
    """One word for all records of a row."""
    order = (Action.FAIL, Action.UPDATE, Action.CREATE, Action.UNCHANGED)
    return next(action for action in order if action in actions)
