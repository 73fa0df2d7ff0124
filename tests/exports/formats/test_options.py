"""Formats by name, and options as people write them."""

import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from exports.formats import FORMATS, InvalidOption, Option, UnknownFormat, find_format, read_options

DEFAULTS = {
    "bom": True,
    "delimiter": ",",
    "formula_guard": True,
    "gzip": False,
    "line_end": "crlf",
    "quote": "minimal",
}


@pytest.mark.parametrize(
    ("asked", "name"), [("csv", "csv"), ("excel", "xlsx"), (" XLSX ", "xlsx"), ("json", "json")]
)
def test_a_format_is_found_by_name_or_alias(asked: str, name: str) -> None:
    assert find_format(asked) is FORMATS[name]


def test_an_unknown_format_names_the_valid_ones() -> None:
    with pytest.raises(UnknownFormat, match=r'"doc".*csv, excel, json, pdf, xlsx, zip'):
        find_format("doc")


@pytest.mark.parametrize("given", [{}, {"bom": None}, {"bom": "on", "delimiter": ","}])
def test_defaults_fill_what_was_not_given(given: dict[str, object]) -> None:
    assert read_options(FORMATS["csv"], given) == DEFAULTS


@pytest.mark.parametrize(
    ("name", "given", "wanted"),
    [
        *(("bom", yes, True) for yes in (True, "true", "on", "1", 1, "YES")),
        *(("bom", no, False) for no in (False, "false", "off", "0", 0, "")),
        ("delimiter", "tab", "tab"),
        ("delimiter", "\t", "tab"),
        ("delimiter", "\\t", "tab"),
        ("line_end", "lf", "lf"),
    ],
)
def test_values_become_the_type_of_the_option(name: str, given: object, wanted: object) -> None:
    assert read_options(FORMATS["csv"], {name: given}) == {**DEFAULTS, name: wanted}


@pytest.mark.parametrize(
    ("format", "given", "message"),
    [
        ("csv", {"bom": "maybe"}, "Option \"bom\" of CSV cannot be 'maybe'.*true, false"),
        ("csv", {"quote": "none"}, 'Option "quote".*"minimal", "spaced", "all"'),
        ("zip", {"level": 10}, 'Option "level" of ZIP cannot be 10.*a whole number from 0 to 9'),
        ("zip", {"level": "-1"}, "from 0 to 9"),
        ("csv", {"colour": 1}, 'CSV has no option "colour". Valid options: bom, delimiter'),
        ("json", {"bom": True}, 'JSON has no option "bom". It has no options.'),
    ],
)
def test_a_wrong_option_is_told_in_a_sentence(
    format: str, given: dict[str, object], message: str
) -> None:
    with pytest.raises(InvalidOption, match=message):
        read_options(FORMATS[format], given)


def test_a_writer_checks_its_options_itself(make_document: Any, written: Any) -> None:
    with pytest.raises(InvalidOption, match="line_end"):
        written("csv", make_document(), [], line_end="cr")


@pytest.mark.parametrize(("given", "wanted"), [(6, 6), (" 6 ", 6), ("six", None), (True, None)])
def test_whole_numbers_are_read(given: object, wanted: int | None) -> None:
    format = replace(FORMATS["json"], options=(Option(name="level", label="Level", default=1),))
    if wanted is None:
        with pytest.raises(InvalidOption, match="a whole number"):
            read_options(format, {"level": given})
    else:
        assert read_options(format, {"level": given}) == {"level": wanted}


def test_formats_work_without_django() -> None:
    code = "import sys, exports.formats; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("name", "options", "facts"),
    [
        ("csv", {}, ("csv", "text/csv; charset=utf-8")),
        ("csv", {"gzip": "on"}, ("csv.gz", "application/gzip")),
        ("csv", {"gzip": False}, ("csv", "text/csv; charset=utf-8")),
        ("pdf", {}, ("pdf", "application/pdf")),
        ("zip", {"part_format": "xlsx"}, ("zip", "application/zip")),
    ],
)
def test_a_file_is_named_by_its_options(
    name: str, options: dict[str, object], facts: tuple[str, str]
) -> None:
    one = FORMATS[name]
    assert (one.extension_for(options), one.content_type_for(options)) == facts
