from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User

from exports.permissions import may_export_anything, resources_for, visible_to

pytestmark = pytest.mark.django_db


def test_people_see_their_own_exports_only(ask: Any, ana: User, make_user: Any) -> None:
    export = ask()
    bob = make_user("bob", "exports.add_export", "library.view_book")
    assert list(visible_to(ana)) == [export]
    assert list(visible_to(bob)) == []


def test_superusers_see_all_exports(ask: Any, make_user: Any) -> None:
    export = ask()
    assert list(visible_to(make_user("root", is_superuser=True))) == [export]


@pytest.mark.parametrize("field", ["is_active", "is_staff"])
def test_whoever_is_no_active_staff_sees_nothing(ask: Any, ana: User, field: str) -> None:
    ask()
    setattr(ana, field, False)
    assert list(visible_to(ana)) == []
    assert list(visible_to(AnonymousUser())) == []


def test_only_resources_of_visible_models_are_offered(ana: User, make_user: Any) -> None:
    names = [resource.name for resource in resources_for(ana)]
    assert {"books", "notes"} <= set(names)
    assert "tickets" not in names
    assert names == sorted(names)
    assert resources_for(make_user("bob", "exports.add_export")) == []
    assert not may_export_anything(make_user("eve"))
