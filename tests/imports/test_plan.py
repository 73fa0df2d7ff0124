import pytest

from imports.models import Action, Mode
from imports.plan import Facts, action_of_row, make_plan
from imports.upsert import Match

SAME = Match(pk=1, is_changed=False)
CHANGED = Match(pk=1, is_changed=True)
SEVERAL = Match(pk=1, is_changed=True, is_alone=False)


@pytest.mark.parametrize(
    ("mode", "facts", "expected"),
    [
        (Mode.UPSERT, {}, Action.CREATE),
        (Mode.UPSERT, {"matches": {0: SAME}}, Action.UNCHANGED),
        (Mode.UPSERT, {"matches": {0: CHANGED}}, Action.UPDATE),
        (Mode.UPSERT, {"matches": {0: SAME}, "repeats": {0}}, Action.UPDATE),
        (Mode.UPSERT, {"made": {0}, "repeats": {0}}, Action.UPDATE),
        (Mode.UPSERT, {"made": {0}, "repeats": {0}, "lacking": {0}}, Action.UPDATE),
        (Mode.UPSERT, {"lacking": {0}}, "required_for_new"),
        (Mode.UPSERT, {"matches": {0: CHANGED}, "lacking": {0}}, Action.UPDATE),
        (Mode.UPSERT, {"matches": {0: SEVERAL}}, "ambiguous_key"),
        (Mode.UPSERT, {"keyless": {0}}, Action.CREATE),
        (Mode.CREATE, {}, Action.CREATE),
        (Mode.CREATE, {"matches": {0: SAME}}, "duplicate"),
        (Mode.CREATE, {"made": {0}}, "duplicate"),
        (Mode.UPDATE, {"matches": {0: CHANGED}}, Action.UPDATE),
        (Mode.UPDATE, {}, "not_found"),
        (Mode.UPDATE, {"keyless": {0}}, "no_key"),
    ],
)
def test_the_plan_of_a_record(mode: str, facts: dict, expected: str) -> None:
    plan = make_plan(mode, Facts(**{"count": 1, "matches": {}, **facts}))
    if expected in Action.values:
        assert (plan.actions, plan.refusals) == ([expected], {})
    else:
        assert (plan.actions, plan.refusals) == ([Action.FAIL], {0: expected})


@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        ({"create"}, "create"),
        ({"create", "unchanged"}, "create"),
        ({"create", "update"}, "update"),
        ({"unchanged"}, "unchanged"),
        ({"create", "fail"}, "fail"),
    ],
)
def test_the_action_of_a_row_of_several_records(actions: set[str], expected: str) -> None:
    assert action_of_row(actions) == expected
