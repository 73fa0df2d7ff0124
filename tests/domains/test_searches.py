"""Texts are looked for the same way on every database."""

from typing import Any

import pytest
from django.db.models import F, Value
from django.db.models.functions import Concat

from exportsite.domains.cars.models import CarListing

pytestmark = pytest.mark.django_db

TITLES = ("Τέλεια ΚΑΤΆΣΤΑΣΗ", "ВСЁ исправно", "Škoda Ångström", "plain ASCII", "100% .* (new) é")


@pytest.fixture(autouse=True)
def _cars() -> None:
    for title in TITLES:
        CarListing.objects.create(title=title, make="a", model="b", year=2019, price=1, mileage=1)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("κατάσταση", "Τέλεια ΚΑΤΆΣΤΑΣΗ"),
        ("ΤΈΛΕΙΑ", "Τέλεια ΚΑΤΆΣΤΑΣΗ"),
        ("всё", "ВСЁ исправно"),
        ("ИСПРАВНО", "ВСЁ исправно"),
        ("škODA åNG", "Škoda Ångström"),
        ("PLAIN", "plain ASCII"),
        ("% .* (NEW) É", "100% .* (new) é"),
    ],
)
def test_capital_letters_of_any_script_are_found(text: str, title: str) -> None:
    found = CarListing.objects.filter(title__icontains=text)
    assert list(found.values_list("title", flat=True)) == [title]
    rest = CarListing.objects.exclude(title__icontains=text)
    assert sorted(rest.values_list("title", flat=True)) == sorted(set(TITLES) - {title})


def test_signs_of_a_pattern_mean_themselves() -> None:
    assert not CarListing.objects.filter(title__icontains="é.*").exists()
    assert not CarListing.objects.filter(title__icontains="Š_oda").exists()


def test_a_missing_text_contains_nothing_and_is_not_lost_when_excluding() -> None:
    CarListing.objects.filter(title="plain ASCII").update(description="ÉTÉ")
    assert CarListing.objects.filter(description__icontains="été").count() == 1
    assert CarListing.objects.exclude(description__icontains="été").count() == len(TITLES) - 1


def test_a_text_may_be_compared_with_another_column() -> None:
    whole: Any = Concat(Value("é "), F("title"))
    found = CarListing.objects.annotate(whole=whole).filter(whole__icontains=F("title"))
    assert found.count() == len(TITLES)


def test_the_list_and_the_export_find_the_same_rows(plan: Any, admin_client: Any) -> None:
    answer = admin_client.get("/admin/cars/carlisting/", {"q": "ВСЁ ИСПРАВНО"})
    shown = [car.pk for car in answer.context["cl"].result_list]
    assert shown == [car.pk for car in plan("cars", {"search": "ВСЁ ИСПРАВНО"}).rows]
    assert len(shown) == 1
