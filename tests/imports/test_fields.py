"""Every type of field: what it takes, what it makes of it, and why it refuses the rest."""

import datetime as dt
from contextlib import suppress
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from imports.fields import (
    Boolean,
    Choice,
    Duration,
    Email,
    Field,
    Integer,
    Ip,
    IsEmpty,
    Json,
    List,
    Lookup,
    Mac,
    Money,
    Number,
    ParseSettings,
    Text,
    Url,
    Uuid,
    text_of,
)
from imports.fields.base import FORMULA_ERRORS
from imports.fields.cells import plain_text
from imports.fields.hints import hint
from imports.problems import BadValue
from tests.imports.reading import ALL_FIELDS, naive, read, refusal

SHELVES = (("novel", "Long prose"), ("poetry", "Verse"), ("closed", "Closed"))
TEXT = Text(name="x")
CODE = Text(name="x", is_code=True)
WHOLE = Integer(name="x")
EXACT = Number(name="x", digits=10, places=2)
COMMA = Number(name="x", decimal_comma=True)
FLOAT = Number(name="x", is_float=True)
MONEY = Money(name="x", digits=10)
YES_NO = Boolean(name="x")
SHELF = Choice(name="x", choices=SHELVES)


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        (TEXT, "  Emma ", "Emma"),
        (TEXT, "\u00a0Emma\u00a0", "Emma"),
        (TEXT, "two\nlines\tand a tab", "two\nlines\tand a tab"),
        (TEXT, '="0012"', "0012"),
        (TEXT, '="say ""hi"""', 'say "hi"'),
        (TEXT, "=SUM(A1)", "=SUM(A1)"),
        (TEXT, "'=SUM(A1)", "=SUM(A1)"),
        (TEXT, "'+44 20", "+44 20"),
        (TEXT, "'\u200b@x", "\u200b@x"),
        (TEXT, "'tis", "'tis"),
        (TEXT, "#1", "#1"),
        (TEXT, "'007", "'007"),
        (TEXT, "1.5E+10", "1.5E+10"),
        (TEXT, 12, "12"),
        (TEXT, 1.5, "1.5"),
        (TEXT, True, "TRUE"),
        (TEXT, naive("2025-02-28"), "2025-02-28"),
        (TEXT, naive("2025-02-28T14:30"), "2025-02-28 14:30:00"),
        (TEXT, dt.date(2025, 2, 28), "2025-02-28"),
        (TEXT, dt.time(14, 30), "14:30:00"),
        (TEXT, Decimal("1E+3"), "1000"),
        (CODE, 1200001234566.0, "1200001234566"),
        (CODE, 1200001234566, "1200001234566"),
        (CODE, "0012", "0012"),
        (CODE, "12E5", "12E5"),
        (WHOLE, "12", 12),
        (WHOLE, " -12 ", -12),
        (WHOLE, "+12", 12),
        (WHOLE, "0012", 12),
        (WHOLE, "12.0", 12),
        (WHOLE, "1,234,567", 1234567),
        (WHOLE, "1 234", 1234),
        (WHOLE, "1'234", 1234),
        (WHOLE, "\u22125", -5),
        (WHOLE, 12.0, 12),
        (EXACT, "12.4", Decimal("12.40")),
        (EXACT, "12.4000", Decimal("12.40")),
        (EXACT, ".5", Decimal("0.50")),
        (EXACT, "5.", Decimal("5.00")),
        (EXACT, "1.5e2", Decimal("150.00")),
        (EXACT, "-0.00", Decimal("0.00")),
        (EXACT, 0.1 + 0.2, Decimal("0.30")),
        (EXACT, 7, Decimal("7.00")),
        (EXACT, "99999999.99", Decimal("99999999.99")),
        (Number(name="x", places=2, rounds=True), "1.005", Decimal("1.00")),
        (Number(name="x", places=2, rounds=True), "1.015", Decimal("1.02")),
        (Number(name="x"), "1.23456789", Decimal("1.23456789")),
        (COMMA, "1.234,50", Decimal("1234.50")),
        (COMMA, "1234,5", Decimal("1234.5")),
        (COMMA, "1.234", Decimal("1234")),
        (FLOAT, "1e-5", 1e-05),
        (FLOAT, "-0.0", 0.0),
        (MONEY, "($9.11)", Decimal("-9.11")),
        (MONEY, "$-2.86", Decimal("-2.86")),
        (MONEY, "-$2.00", Decimal("-2.00")),
        (MONEY, "$9.00", Decimal("9.00")),
        (MONEY, "$ 9.00", Decimal("9.00")),
        (MONEY, "9.00-", Decimal("-9.00")),
        (MONEY, "$1,234.50", Decimal("1234.50")),
        (MONEY, "£27,800", Decimal("27800.00")),
        (MONEY, "12.50 EUR", Decimal("12.50")),
        (MONEY, "(9.11)", Decimal("-9.11")),
        (Money(name="x", decimal_comma=True), "1.234,50 €", Decimal("1234.50")),
        (MONEY, 9.109999999999999, Decimal("9.11")),
        (YES_NO, "Yes", True),
        (YES_NO, "0", False),
        (YES_NO, "JA", True),
        (YES_NO, "não", False),
        (YES_NO, True, True),
        (YES_NO, 1, True),
        (YES_NO, 0.0, False),
        (Boolean(name="x", otherwise=False), "anything", False),
        (Boolean(name="x", yes_words=("aktiv",)), "Aktiv", True),
        (SHELF, "NOVEL", "novel"),
        (SHELF, "long PROSE", "novel"),
        (Choice(name="x", choices=((1, "One"), (2, "Two"))), 2.0, 2),
        (Choice(name="x", choices=(("Group", (("a", "Aside"),)),)), "aside", "a"),
        (Email(name="x"), "ana@example.com", "ana@example.com"),
        (Url(name="x"), "https://example.com/a?b=1", "https://example.com/a?b=1"),
        (Ip(name="x"), "192.168.1.20", "192.168.1.20"),
        (Ip(name="x"), "2001:0DB8::0001", "2001:db8::1"),
        (Mac(name="x"), "00-1a-2b-3c-4d-5e", "00:1A:2B:3C:4D:5E"),
        (Mac(name="x"), "001a.2b3c.4d5e", "00:1A:2B:3C:4D:5E"),
        (Mac(name="x"), "001A2B3C4D5E", "00:1A:2B:3C:4D:5E"),
        (
            Uuid(name="x"),
            "550E8400-E29B-41D4-A716-446655440000",
            UUID("550e8400-e29b-41d4-a716-446655440000"),
        ),
        (
            Uuid(name="x"),
            "550e8400e29b41d4a716446655440000",
            UUID("550e8400-e29b-41d4-a716-446655440000"),
        ),
        (Json(name="x"), '{"a": [1, 2.5, null]}', {"a": [1, 2.5, None]}),
        (Json(name="x"), 7, 7),
        (List(name="x"), "red, green,,blue ", ["red", "green", "blue"]),
        (List(name="x"), '["red, green", "blue"]', ["red, green", "blue"]),
        (List(name="x", separator=";"), "a, b; c", ["a, b", "c"]),
        (Lookup(name="x", by=("name",)), " Jane Austen ", "Jane Austen"),
        (Lookup(name="x", by=("code",)), 12.0, "12"),
        (Duration(name="x"), "02:30:00", dt.timedelta(hours=2.5)),
        (Duration(name="x"), "P1DT2H", dt.timedelta(hours=26)),
        (Duration(name="x"), dt.time(2, 30), dt.timedelta(hours=2.5)),
    ],
)
def test_a_cell_becomes_a_value(field: Field, cell: Any, value: Any) -> None:
    found = read(field, cell)
    assert (found, type(found), str(found)) == (value, type(value), str(value))


@pytest.mark.parametrize(
    ("field", "cell", "code", "words"),
    [
        (TEXT, "#REF!", "error_value", "formula failed"),
        (WHOLE, "#N/A", "error_value", "formula failed"),
        (TEXT, "a\0b", "control_character", "Character 2"),
        (TEXT, "a\x1bb", "control_character", "U+001B"),
        (TEXT, "a\ud800", "control_character", "U+D800"),
        (Text(name="x", max_length=3), "abcd", "too_long", "4 characters; at most 3"),
        (CODE, "1.23457E+12", "digits_lost", "Format the column as text"),
        (CODE, "1,23457e+12", "digits_lost", "Format the column as text"),
        (CODE, 123456789012345678.0, "digits_lost", "Format the column as text"),
        (WHOLE, "12.5", "not_whole", "whole number"),
        (WHOLE, 12.5, "not_whole", "whole number"),
        (WHOLE, "1.23457E+12", "digits_lost", "Write it out"),
        (WHOLE, "1,23", "not_a_number", "1234.50"),
        (WHOLE, "\u0661\u0662", "not_a_number", "1234.50"),
        (WHOLE, "\uff11\uff12", "not_a_number", "1234.50"),
        (WHOLE, "twelve", "not_a_number", ""),
        (WHOLE, True, "not_a_number", ""),
        (WHOLE, dt.date(2025, 1, 1), "not_a_number", ""),
        (WHOLE, "9" * 5000, "not_a_number", ""),
        (Integer(name="x", low=1), "0", "out_of_range", "below 1"),
        (Integer(name="x", high=5), "6", "out_of_range", "above 5"),
        (EXACT, "12.345", "too_many_decimals", "more than 2"),
        (EXACT, "100000000", "out_of_range", "100,000,000"),
        (Number(name="x", digits=3, places=2, rounds=True), "9.999", "out_of_range", "10"),
        (EXACT, "1e999", "out_of_range", ""),
        (EXACT, "inf", "not_a_number", ""),
        (EXACT, "NaN", "not_a_number", ""),
        (EXACT, float("inf"), "not_a_number", ""),
        (EXACT, float("nan"), "not_a_number", ""),
        (EXACT, "1,5", "not_a_number", ""),
        (EXACT, "1,234'567", "not_a_number", ""),
        (EXACT, "$5", "not_a_number", ""),
        (COMMA, "1,234.50", "not_a_number", "1234,50"),
        (FLOAT, "1e400", "out_of_range", "too large"),
        (MONEY, "$9.111", "too_many_decimals", ""),
        (MONEY, "(-9.11)", "not_a_number", ""),
        (MONEY, "()", "not_a_number", ""),
        (MONEY, "$", "not_a_number", ""),
        (MONEY, "-", "not_a_number", ""),
        (MONEY, "$$5", "not_a_number", ""),
        (YES_NO, "maybe", "not_yes_or_no", "yes or no"),
        (YES_NO, 2, "not_yes_or_no", "yes or no"),
        (SHELF, "Closd", "unknown_choice", "Is “Closed” meant?"),
        (SHELF, "xyz", "unknown_choice", "“Long prose”, “Verse”, “Closed”."),
        (Email(name="x"), "ana(at)example.com", "not_an_email", "ana@example.com"),
        (Email(name="x", max_length=10), "ana@example.com", "too_long", "at most 10"),
        (Url(name="x"), "example", "not_a_url", "https://"),
        (Url(name="x"), "javascript:alert(1)", "not_a_url", "https://"),
        (Url(name="x"), "https://[::1", "not_a_url", "https://"),
        (Ip(name="x"), "999.1.1.1", "not_an_ip", "255"),
        (Ip(name="x"), "\u0661.1.1.1", "not_an_ip", ""),
        (Mac(name="x"), "00:1A:2B:3C:4D", "not_a_mac", "00:1A"),
        (Uuid(name="x"), "550e8400", "not_a_uuid", "32 digits"),
        (Uuid(name="x"), "urn:uuid:550e8400-e29b-41d4-a716-446655440000", "not_a_uuid", ""),
        (Json(name="x"), "{a: 1}", "not_json", "character 2"),
        (Json(name="x"), "NaN", "not_json", "stored"),
        (Json(name="x"), "1e999", "not_json", "stored"),
        (Json(name="x"), "[" * 100_000, "not_json", ""),
        (Json(name="x"), '{"a": "\\u0000"}', "control_character", ""),
        (Json(name="x"), '{"\\ud800": 1}', "control_character", ""),
        (Lookup(name="x"), "a" * 501, "too_long", "at most 500"),
        (Duration(name="x"), "long", "not_a_duration", "02:30:00"),
    ],
)
def test_a_cell_is_refused_with_advice(field: Field, cell: Any, code: str, words: str) -> None:
    error = refusal(field, cell)
    assert error.code == code
    assert words in error.message
    assert error.message.endswith((".", "?"))


@pytest.mark.parametrize("cell", ['=""', "Null", " NULL "])
def test_words_that_mean_nothing_are_empty_cells(cell: str) -> None:
    with pytest.raises(IsEmpty):
        read(Number(name="x", empty_words=("null",)), cell)


def test_translations_come_before_everything_else() -> None:
    settings = ParseSettings(values={"Closd": "Closed", "2": "Verse"})
    parse = SHELF.parser(settings)
    assert [parse("closd"), parse(" Closd "), parse(2.0), parse("novel")] == [
        "closed",
        "closed",
        "poetry",
        "novel",
    ]
    assert Lookup(name="x").parser(settings)("Closd") == "Closed"
    assert Integer(name="x").parser(ParseSettings(values={"one": "1", "2": "3"}))(2) == 3
    assert Integer(name="x").parser(ParseSettings(values={"one": "1"}))(2.0) == 2


def test_validators_of_a_field_are_asked() -> None:
    from django.core.validators import RegexValidator

    plate = Text(name="x", validators=(RegexValidator("^Y[0-9]", "Plates begin with Y.", "plate"),))
    assert read(plate, "Y123") == "Y123"
    assert (refusal(plate, "123").code, refusal(plate, "123").message) == (
        "plate",
        "Plates begin with Y.",
    )


def test_what_is_remembered_is_bounded_and_right() -> None:
    parse = WHOLE.parser(ParseSettings())
    assert [parse(str(number)) for number in range(5_000)] == list(range(5_000))
    assert parse("17") == 17
    lists = List(name="x").parser(ParseSettings())
    assert lists("a, b") is not lists("a, b")


@pytest.mark.parametrize("field", ALL_FIELDS, ids=lambda field: field.type)
def test_each_type_takes_its_own_example_and_says_what_it_takes(field: Field) -> None:
    assert field.type
    assert hint(field)
    if field.type != "lookup":
        read(field, field.example_text)


ODD_CELLS = st.one_of(
    st.text(max_size=40),
    st.from_regex(r"[-+$€(]{0,2}[0-9.,:/' ]{1,12}[-)APMapmZ+:eE0-9]{0,6}", fullmatch=True),
    st.from_regex(r"[0-9]{1,4}[-/. ][0-9A-Za-z]{1,9}[-/. ][0-9]{1,4}[T ]?[0-9:.,]{0,12}[+-Z]?"),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.decimals(),
    st.datetimes(),
    st.dates(),
    st.times(),
)


@pytest.mark.parametrize("field", ALL_FIELDS, ids=lambda field: field.type)
@given(cell=ODD_CELLS)
@example("0001-01-01 00:00:00+14:00")
@example("9999-12-31 23:59:59-14:00")
@example("2025-01-01 10:00 +99:00")
@example(-1e308)
@example(Decimal("1E+999999"))
@settings(max_examples=60, deadline=None)
def test_no_cell_raises_anything_but_a_bad_value(field: Field, cell: Any) -> None:
    with suppress(BadValue):
        read(field, cell)


@given(st.decimals(min_value=-99999999, max_value=99999999, places=2))
@settings(max_examples=200, deadline=None)
def test_amounts_come_back_however_they_are_written(amount: Decimal) -> None:
    amount = amount or Decimal("0.00")
    texts = [f"{amount}", f"{amount:,}", f"${amount}", f"{text_of(amount)}"]
    if amount < 0:
        texts += [f"(${-amount:,})", f"-${-amount}", f"{-amount}-"]
    assert {read(MONEY, text) for text in texts} == {amount}
    german = f"{amount:,}".translate(str.maketrans(",.", ".,"))
    assert read(Money(name="x", decimal_comma=True), german) == amount


@given(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=30))
@settings(max_examples=200, deadline=None)
def test_text_comes_back_from_a_guarded_export(text: str) -> None:
    guarded = f"'{text}" if text[0] in "=+-@＝＋－＠" else text  # noqa: RUF001
    if plain_text(text) == text and text not in FORMULA_ERRORS:
        assert read(TEXT, guarded) == text
    escaped = '="{}"'.format(text.replace('"', '""'))
    if text not in FORMULA_ERRORS:
        assert read(TEXT, escaped) == text
