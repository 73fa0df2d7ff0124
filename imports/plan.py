"""What becomes of each record, once it is known what the database holds. Nothing is asked here."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

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


@dataclass(kw_only=True)
class Plan:
    actions: list[str] = field(default_factory=list)  # of each record
    refusals: dict[int, str] = field(default_factory=dict)  # number -> code


def make_plan(mode: str, facts: Facts) -> Plan:
    """An action for each record, and why some have none. A repeat counts as an update always."""
    plan = Plan()
    for number in range(facts.count):
        match = facts.matches.get(number)
        if match is not None or number in facts.made:
            is_changed = number in facts.repeats or (match is not None and match.is_changed)
            action = Action.UPDATE if is_changed else Action.UNCHANGED
            code = _refuse_existing(mode, match)
        else:
            action, code = Action.CREATE, _refuse_new(mode, number, facts)
        plan.actions.append(Action.FAIL if code else action)
        if code:
            plan.refusals[number] = code
    return plan


def _refuse_existing(mode: str, match: Match | None) -> str:
    if match is not None and not match.is_alone:
        return "ambiguous_key"
    return "duplicate" if mode == Mode.CREATE else ""


def _refuse_new(mode: str, number: int, facts: Facts) -> str:
    if mode == Mode.UPDATE:
        return "no_key" if number in facts.keyless else "not_found"
    return "required_for_new" if number in facts.lacking else ""


def action_of_row(actions: Set[str]) -> str:
    """One word for all records of a row."""
    order = (Action.FAIL, Action.UPDATE, Action.CREATE, Action.UNCHANGED)
    return next(action for action in order if action in actions)
